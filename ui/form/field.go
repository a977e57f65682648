package form

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// Kind is what a field is made of.
type Kind int

// The kinds of field.
const (
	Text   Kind = iota
	Masked      // text that shows as bullets
	Choice      // one of Options
	Tick        // on or off
)

// Option is one value of a [Choice] field. Detail explains it in a few words.
type Option struct{ Value, Label, Detail string }

// Field describes one field of a form.
type Field struct {
	// Name is how the program, the provider and validation errors call the
	// field; Label is what stands before it.
	Name, Label string
	Kind        Kind
	// Hint stands below the field while it has the focus.
	Hint string
	// Placeholder stands in an empty text field.
	Placeholder string
	Options     []Option
	// Limit is the longest text in characters; 0 means no limit.
	Limit int
}

// item is a field and its present value.
type item struct {
	Field
	input  textinput.Model
	option int
	on     bool
	err    string
	hidden bool
}

func newItem(f Field) *item {
	i := &item{Field: f}
	if f.Kind != Text && f.Kind != Masked {
		return i
	}
	in := textinput.New()
	in.Prompt = ""
	in.CharLimit = f.Limit
	in.SetVirtualCursor(false)
	if f.Kind == Masked {
		// Draws nothing of it, should it ever draw itself; keeps word breaks
		// from being felt out, too.
		in.EchoMode = textinput.EchoNone
	}
	// The terminal pastes by itself; a binding of ours would read another
	// clipboard, the one of the machine that kvikk runs on.
	in.KeyMap.Paste.SetEnabled(false)
	i.input = in
	return i
}

func (i *item) value() string {
	switch i.Kind {
	case Choice:
		if i.option < len(i.Options) {
			return i.Options[i.option].Value
		}
		return ""
	case Tick:
		if i.on {
			return "true"
		}
		return ""
	default:
		return strings.TrimSpace(i.input.Value())
	}
}

func (i *item) set(v string) {
	switch i.Kind {
	case Choice:
		if at := slices.IndexFunc(i.Options, func(o Option) bool { return o.Value == v }); at >= 0 {
			i.option = at
		}
	case Tick:
		i.on = v != ""
	default:
		i.input.SetValue(v)
		i.input.CursorEnd()
	}
}

// update gives a key or a paste to a text field. A masked one is blind: what is
// typed goes to its end, and a paste takes the place of what was there.
func (i *item) update(msg tea.Msg) tea.Cmd {
	before := i.input.Value()
	if i.Kind == Masked {
		i.input.CursorEnd()
		if paste, pasted := msg.(tea.PasteMsg); pasted {
			i.input.SetValue("")
			msg = tea.PasteMsg{Content: strings.TrimSpace(paste.Content)}
		}
	}
	var cmd tea.Cmd
	i.input, cmd = i.input.Update(msg)
	if i.input.Value() != before {
		i.err = ""
	}
	return cmd
}

// turn moves a choice on by n, or flips a tick.
func (i *item) turn(n int) {
	i.err = ""
	switch i.Kind {
	case Choice:
		if len(i.Options) > 0 {
			i.option = (i.option + n + len(i.Options)) % len(i.Options)
		}
	case Tick:
		i.on = !i.on
	}
}

func (i *item) isText() bool { return i.Kind == Text || i.Kind == Masked }
