# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2207
_openclaw_mattermost() {
    local word=${COMP_WORDS[COMP_CWORD]}
    case ${COMP_WORDS[COMP_CWORD - 1]} in
    --config | --state | --backup) COMPREPLY=($(compgen -f -- "$word")) ;;
    --log-format) COMPREPLY=($(compgen -W 'text json' -- "$word")) ;;
    *) COMPREPLY=($(compgen -W '--config --state --log-format --check-config --doctor --print-config --backup --version --help' -- "$word")) ;;
    esac
}
complete -F _openclaw_mattermost openclaw-mattermost
