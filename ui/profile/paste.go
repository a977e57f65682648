package profile

import "strings"

// ParsePaste reads settings from pasted text: lines as in a .env file, or a
// whole Postman environment. It reports false when the text names no setting
// that kvikk knows, as when a single value was pasted; then nothing of it is
// kept.
func ParsePaste(pasted string) (Import, bool) {
	if len(pasted) > fileLimit {
		return Import{}, false
	}
	read := parseEnv
	if strings.HasPrefix(strings.TrimSpace(pasted), "{") {
		read = parsePostman
	}
	i, err := read([]byte(strings.TrimPrefix(pasted, "\ufeff")))
	if err != nil || !i.knows() {
		return Import{}, false
	}
	return i, true
}

// knows reports whether any setting was recognised, taken or not: a pasted set
// of placeholders deserves its answer too.
func (i Import) knows() bool {
	for _, ignored := range i.Ignored {
		if _, _, ok := recognise(ignored.Name); ok {
			return true
		}
	}
	return len(i.Taken) > 0
}
