package text

// Kind says what a [Token] is, for its colour.
type Kind int

// The kinds of tokens. Plain is everything that is no JSON.
const (
	Plain   Kind = iota
	Key          // a string before a colon
	String       // any other string
	Number       //
	Literal      // true, false, null
	Punct        // brackets, commas, colons
)

// Token is a part of a line that is drawn in one colour.
type Token struct {
	Kind Kind
	Text string
}

// Tokens splits a line of JSON as [Pretty] and [VisibleLines] leave it into
// parts for colouring. The texts of the parts, put together, are the line; white
// space belongs to the part before it. It takes any line: what is no JSON is
// Plain, and a string that the line does not close ends with the line.
func Tokens(line string) []Token {
	var tokens []Token
	kind, start := Plain, 0
	for i := 0; i < len(line); {
		k, n := token(line[i:])
		if n == 0 { // white space
			i++
			continue
		}
		if k != kind && i > start {
			tokens = append(tokens, Token{kind, line[start:i]})
			start = i
		}
		kind = k
		i += n
	}
	if start < len(line) {
		tokens = append(tokens, Token{kind, line[start:]})
	}
	return tokens
}

// token returns the kind and length of what s begins with; no length for white
// space.
func token(s string) (Kind, int) {
	switch c := s[0]; {
	case c == ' ':
		return Plain, 0
	case c == '"':
		n := stringEnd(s)
		if keyFollows(s[n:]) {
			return Key, n
		}
		return String, n
	case isPunct(c):
		return Punct, 1
	}
	n := 1
	for n < len(s) && s[n] != ' ' && s[n] != '"' && !isPunct(s[n]) {
		n++
	}
	return wordKind(s[:n]), n
}

// keyFollows reports whether what stands after a string makes that string a key.
func keyFollows(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] != ' ' {
			return s[i] == ':'
		}
	}
	return false
}

func isPunct(c byte) bool {
	switch c {
	case '{', '}', '[', ']', ',', ':':
		return true
	}
	return false
}

func wordKind(word string) Kind {
	switch word {
	case "true", "false", "null":
		return Literal
	}
	if c := word[0]; c != '-' && (c < '0' || c > '9') {
		return Plain
	}
	for i := range len(word) {
		switch c := word[i]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
		default:
			return Plain
		}
	}
	return Number
}

// WrapTokens breaks a coloured line at the given width in cells, as [WrapHard]
// does a plain one. It returns at least one line; a width below one counts as
// one.
func WrapTokens(tokens []Token, width int) [][]Token {
	width = max(width, 1)
	lines := [][]Token{nil}
	room := width
	for _, t := range tokens {
		for rest := t.Text; rest != ""; {
			n, w := fit(rest, room)
			if n == 0 && room == width {
				n, w = cluster(rest)
			}
			if n == 0 {
				lines = append(lines, nil)
				room = width
				continue
			}
			last := len(lines) - 1
			lines[last] = append(lines[last], Token{t.Kind, rest[:n]})
			rest, room = rest[n:], room-w
		}
	}
	return lines
}
