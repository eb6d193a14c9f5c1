// SPDX-License-Identifier: Apache-2.0
// Colours come from the web app's theme where it gives them, so that light and dark follow it.
export const STYLE = `
.ocp{--fg:var(--center-channel-color,#3f4350);--bg:var(--center-channel-bg,#fff);--line:color-mix(in srgb,var(--fg) 22%,transparent);
--dim:color-mix(in srgb,var(--fg) 78%,var(--bg));--good:color-mix(in srgb,var(--fg) 45%,#14804a);--bad:color-mix(in srgb,var(--fg) 35%,#d24b4e);--warn:color-mix(in srgb,var(--fg) 45%,#b06000);
color:var(--fg);background:var(--bg);border:1px solid var(--line);border-radius:8px;padding:16px 20px;margin:0 0 20px;font-size:14px;line-height:20px;container-type:inline-size;text-align:start;overflow-wrap:anywhere}
.ocp *{box-sizing:border-box}
.ocp h3,.ocp h4{margin:0;font-weight:600;color:inherit;font-family:inherit}
.ocp h3{font-size:18px;line-height:24px}
.ocp h4{font-size:14px;line-height:20px;margin:20px 0 6px}
.ocp p{margin:4px 0}
.ocp-head{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center}
.ocp-head h3{flex:1 1 auto}
.ocp-pill{border:1px solid currentColor;border-radius:12px;padding:1px 10px;font-weight:600}
.ocp-good{color:var(--good)}.ocp-bad{color:var(--bad)}.ocp-warn{color:var(--warn)}.ocp-dim{color:var(--dim)}
.ocp-note{border-inline-start:4px solid currentColor;padding:6px 12px;margin:12px 0}
.ocp button{font:inherit;font-weight:600;color:inherit;background:transparent;border:1px solid var(--line);border-radius:4px;padding:5px 12px;min-height:32px;cursor:pointer}
.ocp button.ocp-main{background:var(--button-bg,#1c58d9);color:var(--button-color,#fff);border-color:transparent}
.ocp button:hover{border-color:currentColor}
.ocp button:focus-visible{outline:2px solid var(--button-bg,#1c58d9);outline-offset:2px}
.ocp button[aria-disabled=true]{opacity:.6;cursor:default}
.ocp-row{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:6px 0}
.ocp code{direction:ltr;unicode-bidi:isolate;display:inline-block;max-width:100%;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;color:inherit;background:color-mix(in srgb,var(--fg) 8%,transparent);border-radius:4px;padding:2px 6px;white-space:pre-wrap}
.ocp bdi{unicode-bidi:isolate}
.ocp-bot{border:1px solid var(--line);border-radius:6px;padding:10px 14px;margin:10px 0}
.ocp-bot h4{margin-top:0}
.ocp dl{display:grid;grid-template-columns:minmax(9em,max-content) 1fr;gap:2px 14px;margin:6px 0}
.ocp dt{color:var(--dim);font-weight:400}.ocp dd{margin:0}
.ocp ul{list-style:none;margin:0;padding:0}
.ocp li{border-top:1px solid var(--line);padding:8px 0}
.ocp li:first-child{border-top:0}
.ocp table{width:100%;border-collapse:collapse}
.ocp th,.ocp td{text-align:start;padding:6px 8px;border-bottom:1px solid var(--line);vertical-align:middle}
.ocp th{color:var(--dim);font-weight:400}
.ocp-counts{display:flex;flex-wrap:wrap;gap:8px 28px}
.ocp-counts div{display:flex;flex-direction:column-reverse}
.ocp-counts dl,.ocp dl.ocp-counts{display:flex}
.ocp-counts dd{font-size:20px;line-height:26px;font-weight:600}
.ocp-said:empty{border:0;padding:0;margin:0}
@container (max-width:520px){
.ocp table,.ocp tbody,.ocp tr,.ocp td{display:block;width:100%}
.ocp thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.ocp td{border:0;padding:2px 0}.ocp tr{border-bottom:1px solid var(--line);padding:8px 0}
.ocp dl{grid-template-columns:1fr}.ocp dd{margin-bottom:6px}
}`;
