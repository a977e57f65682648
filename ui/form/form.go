// Package form is a column of fields under kvikk's own key rules: every
// printable key goes to the field, tab and the arrows change the field, space
// ticks a box. Accepting with Enter and leaving with esc are the caller's, who
// takes a [Snapshot] before and restores it after esc.
package form

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"kvikk/ui/theme"
)

// Form is a column of fields. Make one with [New].
type Form struct {
	items   []*item
	at      int
	focused bool
	th      theme.Theme
	cursor  lipgloss.Style
	keys    keyMap
}

type keyMap struct{ next, previous, left, right, tick key.Binding }

func defaultKeys() keyMap {
	return keyMap{
		next:     key.NewBinding(key.WithKeys("tab", "down")),
		previous: key.NewBinding(key.WithKeys("shift+tab", "up")),
		left:     key.NewBinding(key.WithKeys("left")),
		right:    key.NewBinding(key.WithKeys("right")),
		tick:     key.NewBinding(key.WithKeys("space")),
	}
}

// New returns a form of the given fields.
func New(th theme.Theme, fields ...Field) *Form {
	f := &Form{keys: defaultKeys()}
	for _, field := range fields {
		f.items = append(f.items, newItem(field))
	}
	f.SetTheme(th)
	return f
}

// SetTheme changes the colours.
func (f *Form) SetTheme(th theme.Theme) { f.th, f.cursor = th, th.Accent.Reverse(true) }

// Focus puts the cursor into the named field, or the first visible one.
func (f *Form) Focus(name string) {
	f.focused = true
	f.at = f.firstVisible()
	for n, i := range f.items {
		if i.Name == name && !i.hidden {
			f.at = n
		}
	}
	f.sync()
}

// Blur takes the cursor away.
func (f *Form) Blur() {
	f.focused = false
	f.sync()
}

// Focused returns the name of the field with the cursor.
func (f *Form) Focused() string {
	if i := f.current(); i != nil {
		return i.Name
	}
	return ""
}

func (f *Form) firstVisible() int {
	for n, i := range f.items {
		if !i.hidden {
			return n
		}
	}
	return 0
}

// sync gives exactly the field under the cursor the focus of its input.
func (f *Form) sync() {
	for n, i := range f.items {
		if !i.isText() {
			continue
		}
		if f.focused && n == f.at {
			i.input.Focus()
		} else {
			i.input.Blur()
		}
	}
}

// current is the field with the cursor, or nil.
func (f *Form) current() *item {
	if !f.focused || f.at >= len(f.items) || f.items[f.at].hidden {
		return nil
	}
	return f.items[f.at]
}

// Update handles one key or paste while the form has the focus.
func (f *Form) Update(msg tea.Msg) tea.Cmd {
	i := f.current()
	if i == nil {
		return nil
	}
	if press, ok := msg.(tea.KeyPressMsg); ok && f.navigate(press, i) {
		return nil
	}
	if !i.isText() {
		return nil
	}
	return i.update(msg)
}

// navigate handles the keys that are not text and reports whether it did.
func (f *Form) navigate(press tea.KeyPressMsg, i *item) bool {
	switch {
	case key.Matches(press, f.keys.next):
		f.move(1)
	case key.Matches(press, f.keys.previous):
		f.move(-1)
	case i.isText():
		return false
	case key.Matches(press, f.keys.left):
		i.turn(-1)
	case key.Matches(press, f.keys.right), key.Matches(press, f.keys.tick):
		i.turn(1)
	default:
		return false
	}
	return true
}

// move goes to the next visible field in a direction, round the ends.
func (f *Form) move(by int) {
	for range f.items {
		f.at = (f.at + by + len(f.items)) % len(f.items)
		if !f.items[f.at].hidden {
			break
		}
	}
	f.sync()
}

// Value returns a field's value: the text without surrounding space, a
// choice's value, or "true" for a tick.
func (f *Form) Value(name string) string {
	if i := f.find(name); i != nil {
		return i.value()
	}
	return ""
}

// Set changes a field's value.
func (f *Form) Set(name, value string) {
	if i := f.find(name); i != nil {
		i.set(value)
	}
}

// SetHint changes what stands below a field.
func (f *Form) SetHint(name, hint string) {
	if i := f.find(name); i != nil {
		i.Hint = hint
	}
}

// SetPlaceholder changes what stands in a text field while it is empty.
func (f *Form) SetPlaceholder(name, placeholder string) {
	if i := f.find(name); i != nil {
		i.Placeholder = placeholder
	}
}

// FocusedKind is the kind of the field with the cursor.
func (f *Form) FocusedKind() Kind { return f.items[f.at].Kind }

// Has reports whether the form has the named field.
func (f *Form) Has(name string) bool { return f.find(name) != nil }

// Show makes the named fields the visible ones, in the form's own order.
func (f *Form) Show(names ...string) {
	wanted := make(map[string]struct{}, len(names))
	for _, n := range names {
		wanted[n] = struct{}{}
	}
	for _, i := range f.items {
		_, shown := wanted[i.Name]
		i.hidden = !shown
	}
	if f.at < len(f.items) && f.items[f.at].hidden {
		f.at = f.firstVisible()
		f.sync()
	}
}

// SetError puts a message at a field. An empty reason takes it away. It
// reports whether the form has that field.
func (f *Form) SetError(name, reason string) bool {
	i := f.find(name)
	if i == nil {
		return false
	}
	i.err = reason
	return true
}

// ClearErrors takes all messages away.
func (f *Form) ClearErrors() {
	for _, i := range f.items {
		i.err = ""
	}
}

// FirstError returns the name of the first visible field with a message.
func (f *Form) FirstError() string {
	for _, i := range f.items {
		if i.err != "" && !i.hidden {
			return i.Name
		}
	}
	return ""
}

func (f *Form) find(name string) *item {
	for _, i := range f.items {
		if i.Name == name {
			return i
		}
	}
	return nil
}

// Snapshot is the values of a form at one moment.
type Snapshot map[string]string

// Snapshot returns the present values.
func (f *Form) Snapshot() Snapshot {
	s := make(Snapshot, len(f.items))
	for _, i := range f.items {
		s[i.Name] = i.value()
	}
	return s
}

// Restore puts earlier values back and takes all messages away.
func (f *Form) Restore(s Snapshot) {
	for _, i := range f.items {
		i.set(s[i.Name])
		i.err = ""
	}
}
