package ui

import "charm.land/bubbles/v2/key"

// keyMap is the one source for what a key does and what the help says of it.
type keyMap struct {
	Enter, Steps, Next, Previous, Zoom, Edit, Again key.Binding
	Earlier, Later, Copy, CopyBody, Raw, Open, QR   key.Binding
	Approve, Find, Follow, Past, Recheck, Reveal    key.Binding
	Scenarios, Faults, Turn, TurnBack, Clear        key.Binding
	Delete, Mouse, StartOver, Escape, Help, Quit    key.Binding
	Up, Down, PageUp, PageDown, Top, Bottom         key.Binding
}

func bind(help, desc string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, desc))
}

func defaultKeys() keyMap {
	return keyMap{
		Enter:     bind("enter", "do this step, or go on", "enter"),
		Steps:     bind("1-5", "step", "1", "2", "3", "4", "5"),
		Next:      bind("tab", "pane", "tab"),
		Previous:  bind("shift+tab", "pane before", "shift+tab"),
		Zoom:      bind("z", "zoom the pane", "z"),
		Edit:      bind("e", "edit", "e"),
		Again:     bind("n", "do it again", "n"),
		Earlier:   bind("[", "exchange before", "["),
		Later:     bind("]", "exchange after", "]"),
		Copy:      bind("y", "copy as curl", "y"),
		CopyBody:  bind("Y", "copy the body", "Y"),
		Raw:       bind("w", "pretty or raw", "w"),
		Open:      bind("o", "open the redirect URL", "o"),
		QR:        bind("Q", "QR code", "Q"),
		Approve:   bind("a", "force approve", "a"),
		Scenarios: bind("S", "scenarios (sandbox)", "S"),
		Faults:    bind("F", "faults, time (sandbox)", "F"),
		Turn:      bind("→", "next setting", "right", "l", "space"),
		TurnBack:  bind("←", "setting before", "left", "h"),
		Clear:     bind("c", "all faults off", "c"),
		Find:      bind("/", "find", "/"),
		Follow:    bind("f", "follow the newest", "f"),
		Past:      bind("p", "past webhooks too", "p"),
		Recheck:   bind("r", "check signature again", "r"),
		Reveal:    bind("s", "show a secret, 10 s", "s"),
		Delete:    bind("d", "delete the registration", "d"),
		Mouse:     bind("m", "mouse to the terminal", "m"),
		StartOver: bind("X", "start over", "X"),
		Escape:    bind("esc", "back", "esc"),
		Help:      bind("?", "help", "?"),
		Quit:      bind("q", "quit", "q", "ctrl+c"),
		Up:        bind("↑/k", "up", "up", "k"),
		Down:      bind("↓/j", "down", "down", "j"),
		PageUp:    bind("pgup", "page up", "pgup"),
		PageDown:  bind("pgdn", "page down", "pgdown"),
		Top:       bind("home", "first", "home"),
		Bottom:    bind("end", "last", "end"),
	}
}

// all lists the bindings for the help, in its order.
func (k keyMap) all() []key.Binding {
	return []key.Binding{
		k.Enter, k.Steps, k.Next, k.Previous, k.Up, k.Down, k.PageUp, k.PageDown, k.Top, k.Bottom, k.Zoom,
		k.Edit, k.Again, k.Earlier, k.Later, k.Copy, k.CopyBody, k.Raw,
		k.Open, k.QR, k.Approve, k.Scenarios, k.Faults, k.Find, k.Follow, k.Past, k.Recheck,
		k.Reveal, k.Delete, k.Mouse, k.StartOver, k.Escape, k.Help, k.Quit,
	}
}
