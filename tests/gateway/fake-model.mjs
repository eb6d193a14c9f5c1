// SPDX-License-Identifier: Apache-2.0
// A scripted OpenAI-compatible model (chat completions, plain and streamed). Standard library only.
//
// What it answers is decided by the last turn's user text. The last command at a line's start (or after "name: ") wins:
//   nonce <hex> [long <chars>|slow <words>]  the first 12 hex digits of SHA-256 of the text <hex>; anywhere in a line.
//                          long: that value, then numbered paragraphs of at least <chars> characters, then it again.
//                          slow: the value, then <words> words, one each 300 ms
//   echo <text>            "echo: <text>"
//   raw <text>             exactly <text> (\n decoded)
//   think <text>           reasoning, then text
//   tool <name> <json>     asks for that tool; after its result answers "The tool said: ..."
//   play <json>            a list of steps, one for each request of the run (the next one comes after a tool's result):
//                          {"text", "times": so often, with the number for each "#", "before", "after", "reasoning", "tool": {"name", "arguments"},
//                          "status": an HTTP error, "piece": characters of a streamed piece, "pace": ms between two}
//   knows <word> <word>    "knows <word>-<word>: yes" when the two, joined by a hyphen, stand anywhere in what was said, else "no"
//   tools | system         the names of the offered tools | the system prompt
//   error <status>         an HTTP error (401 blocks the provider for a minute, 500 is retried 8 times by the gateway)
// Anything else is echoed.
//
// Settings by environment: FAKE_MODEL_PORT, FAKE_MODEL_DELAY_MS (pause between two streamed pieces),
// FAKE_MODEL_TALK (a file: [{"heard", "steps"}], what to play when the last turn holds these words),
// FAKE_MODEL_LOG (a file: one JSON line for each request), FAKE_MODEL_BODIES (a file: whole request bodies).
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";

const port = Number(process.env.FAKE_MODEL_PORT);
const delayMs = Number(process.env.FAKE_MODEL_DELAY_MS || 20);
const maxBodyBytes = 32 << 20;
const models = ["fake-1", "fake-2"];
const talk = process.env.FAKE_MODEL_TALK ? JSON.parse(fs.readFileSync(process.env.FAKE_MODEL_TALK, "utf8")) : [];

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function logLine(file, value) {
  if (file) fs.appendFileSync(file, JSON.stringify(value) + "\n");
}

function textOf(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => part.text ?? `[${part.type}]`).join("\n");
}

const internalMark = "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>";

// The user's words of the last turn. The gateway adds context messages of its own, marked as internal.
function lastTurn(messages) {
  const internal = (m) => m.role === "user" && textOf(m.content).startsWith(internalMark);
  const last = messages.findLast((m) => !internal(m)) ?? {};
  let start = messages.length;
  if (last.role === "tool") start = Math.max(0, messages.findLastIndex((m) => m.role === "user" && !internal(m)));
  else while (start > 0 && messages[start - 1].role === "user") start--;
  const said = messages.slice(start).filter((m) => m.role === "user" && !internal(m));
  return { last, text: said.map((m) => textOf(m.content)).join("\n\n") };
}

function commandOf(text) {
  const [topic] = talk.map((one) => ({ ...one, at: text.lastIndexOf(one.heard) })).sort((a, b) => b.at - a.at);
  if (topic && topic.at >= 0) return { verb: "play", arg: JSON.stringify(topic.steps) };
  const nonces = [...text.matchAll(/\bnonce ([0-9a-f]{8,64})(?: (long|slow) (\d{1,6}))?\b/g)];
  if (nonces.length) {
    const [, nonce, kind, size] = nonces.at(-1);
    return { verb: "nonce", nonce, kind, size: Number(size || 0) };
  }
  const verbs = /(?:^|\n) *(?:\[[^\]\n]*\]\s*)?(?:[^\n:]{0,40}:\s){0,2}(echo|raw|think|play|knows|tools|tool|system|error)(?:[ \t]+([^\n]*))?(?=\n|$)/g;
  const found = [...text.matchAll(verbs)].at(-1);
  return found ? { verb: found[1], arg: (found[2] || "").trim() } : { verb: "heard", arg: text };
}

const answerTo = (nonce) => crypto.createHash("sha256").update(nonce).digest("hex").slice(0, 12);

function longText(value, atLeast) {
  let text = `${value}\n\n`;
  for (let i = 1; text.length < atLeast; i++)
    text += `Paragraph ${i} of the long answer has **bold** words, \`code\` and an end.\n\n`;
  return `${text}${value}`;
}

// The step of a played script that this request is about: one was made for each of the model's turns since the question.
function stepOf(arg, messages) {
  const steps = JSON.parse(arg);
  const asked = messages.findLastIndex((m) => m.role === "user" && !textOf(m.content).startsWith(internalMark));
  const made = messages.slice(asked + 1).filter((m) => m.role === "assistant").length;
  const step = steps[Math.min(made, steps.length - 1)];
  const once = step.text ?? "";
  const many = step.times ? Array.from({ length: step.times }, (_, i) => once.replaceAll("#", i + 1)).join("") : once;
  const text = (step.before ?? "") + many + (step.after ?? "");
  const tool = step.tool && { name: step.tool.name, arguments: JSON.stringify(step.tool.arguments) };
  return { text, tool, reasoning: step.reasoning, status: step.status, pieceChars: step.piece, paceMs: step.pace };
}

// command -> {text, reasoning?, tool?, status?, pieceChars?, paceMs?}
function plan(command, messages, request) {
  const { verb, arg } = command;
  switch (verb) {
    case "nonce": {
      const value = answerTo(command.nonce);
      if (command.kind === "long") return { text: longText(value, command.size), pieceChars: 2000 };
      if (command.kind === "slow")
        return { text: `${value} ` + Array.from({ length: command.size }, (_, i) => `word${i + 1}`).join(" "), pieceChars: 7, paceMs: 300 };
      return { text: value };
    }
    case "echo": return { text: `echo: ${arg}` };
    case "raw": return { text: arg.replaceAll("\\n", "\n") };
    case "knows": {
      const wanted = arg.split(" ").slice(0, 2).join("-");
      return { text: `knows ${wanted}: ${messages.some((m) => m.role !== "system" && textOf(m.content).includes(wanted)) ? "yes" : "no"}` };
    }
    case "think": return { text: `thought: ${arg}`, reasoning: `I am thinking about ${arg} step by step.` };
    case "tools": return { text: "tools: " + (request.tools ?? []).map((t) => t.function?.name ?? t.name).join(", "), pieceChars: 4000 };
    case "system": return { text: textOf(messages.find((m) => m.role === "system" || m.role === "developer")?.content), pieceChars: 4000 };
    case "tool": {
      const [name, ...rest] = arg.split(" ");
      return { text: "", tool: { name, arguments: rest.join(" ") || "{}" } };
    }
    case "play": return stepOf(arg, messages);
    case "error": return { text: "", status: Number(arg.split(" ")[0]) || 500 };
    default: return { text: `I heard: ${arg.slice(-2000)}`, pieceChars: 400 };
  }
}

function sendJson(res, status, value) {
  res.writeHead(status, { "content-type": "application/json" });
  res.end(JSON.stringify(value));
}

async function sendStream(res, request, id, planned, usage) {
  res.writeHead(200, { "content-type": "text/event-stream" });
  let gone = false;
  res.on("close", () => { gone = true; });
  const chunk = (choices, extra = {}) =>
    res.write("data: " + JSON.stringify({ id, object: "chat.completion.chunk", model: request.model, choices, ...extra }) + "\n\n");
  const delta = (value, finish = null) => chunk([{ index: 0, delta: value, finish_reason: finish }]);
  const piece = planned.pieceChars ?? 12;
  const pace = planned.paceMs ?? delayMs;
  const stream = async (text, wrap) => {
    for (let i = 0; i < text.length && !gone; i += piece) {
      delta(wrap(text.slice(i, i + piece)));
      if (pace) await pause(pace);
    }
  };
  delta({ role: "assistant", content: "" });
  await stream(planned.reasoning ?? "", (text) => ({ reasoning_content: text }));
  await stream(planned.text, (text) => ({ content: text }));
  if (planned.tool) delta({ tool_calls: [{ index: 0, id: "call_" + id, type: "function", function: planned.tool }] });
  delta({}, planned.tool ? "tool_calls" : "stop");
  if (request.stream_options?.include_usage) chunk([], { usage });
  res.end("data: [DONE]\n\n");
}

async function complete(req, res) {
  let body = "";
  for await (const part of req) {
    body += part;
    if (body.length > maxBodyBytes) return sendJson(res, 413, { error: { message: "request too large" } });
  }
  let request;
  try {
    request = JSON.parse(body);
  } catch {
    return sendJson(res, 400, { error: { message: "the body is not JSON" } });
  }
  const messages = request.messages ?? [];
  const { last, text } = lastTurn(messages);
  const command = commandOf(text);
  const planned = last.role === "tool" && command.verb !== "play"
    ? { text: `The tool said: ${textOf(last.content).slice(0, 1500)}` }
    : plan(command, messages, request);
  logLine(process.env.FAKE_MODEL_LOG, {
    time: new Date().toISOString(), model: request.model, messages: messages.length, nonce: command.nonce ?? null,
    asked: text.slice(-600), answer: planned.text.slice(0, 200), answer_chars: planned.text.length, status: planned.status ?? 200,
  });
  logLine(process.env.FAKE_MODEL_BODIES, request);
  if (planned.status) {
    const message = `scripted error ${planned.status}`;
    return sendJson(res, planned.status, { error: { message, type: "server_error", code: String(planned.status) } });
  }
  const id = "chatcmpl-" + crypto.randomUUID();
  const tokens = Math.ceil(planned.text.length / 4);
  const usage = { prompt_tokens: 100, completion_tokens: tokens, total_tokens: 100 + tokens };
  if (request.stream) return sendStream(res, request, id, planned, usage);
  const message = { role: "assistant", content: planned.text || null };
  if (planned.tool) message.tool_calls = [{ id: "call_" + id, type: "function", function: planned.tool }];
  const choices = [{ index: 0, finish_reason: planned.tool ? "tool_calls" : "stop", message }];
  return sendJson(res, 200, { id, object: "chat.completion", model: request.model, choices, usage });
}

http.createServer((req, res) => {
  if (req.url.endsWith("/models"))
    return sendJson(res, 200, { object: "list", data: models.map((id) => ({ id, object: "model" })) });
  complete(req, res).catch((error) => { console.error(error); res.destroy(); });
}).listen(port, "127.0.0.1", () => console.log(`scripted model on 127.0.0.1:${port}`));
