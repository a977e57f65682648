package form_test

import (
	"maps"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"kvikk/ui/form"
	"kvikk/ui/theme"
)

// sample has one field of each kind, and one more text.
func sample() *form.Form {
	return form.New(
		theme.New(theme.Dark),
		form.Field{Name: "id", Label: "client_id", Hint: "From the portal.", Placeholder: "an id"},
		form.Field{Name: "secret", Label: "client_secret", Kind: form.Masked, Hint: "It stays masked."},
		form.Field{Name: "env", Label: "Environment", Kind: form.Choice, Hint: "Where to.", Options: []form.Option{
			{Value: "sandbox", Label: "Sandbox", Detail: "no keys"}, {Value: "test", Label: "Test environment"}, {Value: "own", Label: "Own"},
		}},
		form.Field{Name: "created", Label: "created", Kind: form.Tick, Hint: "A payment is created."},
		form.Field{Name: "note", Label: "Note", Limit: 5},
	)
}

// press makes a key press as the terminal sends it.
func press(name string) tea.KeyPressMsg {
	switch name {
	case "tab":
		return tea.KeyPressMsg{Code: tea.KeyTab}
	case "shift+tab":
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	case "up":
		return tea.KeyPressMsg{Code: tea.KeyUp}
	case "down":
		return tea.KeyPressMsg{Code: tea.KeyDown}
	case "left":
		return tea.KeyPressMsg{Code: tea.KeyLeft}
	case "right":
		return tea.KeyPressMsg{Code: tea.KeyRight}
	case "backspace":
		return tea.KeyPressMsg{Code: tea.KeyBackspace}
	case "space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	case "ctrl+v":
		return tea.KeyPressMsg{Code: 'v', Mod: tea.ModCtrl}
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

func keys(f *form.Form, names ...string) {
	for _, n := range names {
		f.Update(press(n))
	}
}

func typed(f *form.Form, text string) {
	for _, r := range text {
		if r == ' ' {
			keys(f, "space")
			continue
		}
		keys(f, string(r))
	}
}

func TestKeysThatChangeTheField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys []string
		want string
	}{
		"tab goes on":                        {[]string{"tab"}, "secret"},
		"down goes on":                       {[]string{"down", "down"}, "env"},
		"shift+tab goes back":                {[]string{"tab", "tab", "shift+tab"}, "secret"},
		"up goes back, round the beginning":  {[]string{"up"}, "note"},
		"tab goes round the end":             {[]string{"tab", "tab", "tab", "tab", "tab"}, "id"},
		"left and right stay in a text":      {[]string{"left", "right", "right"}, "id"},
		"left and right stay in a choice":    {[]string{"tab", "tab", "left", "right"}, "env"},
		"a letter changes no field":          {[]string{"tab", "tab", "j", "k"}, "env"},
		"a digit does not leave a tick":      {[]string{"up", "up", "3"}, "created"},
		"q does not leave the last of texts": {[]string{"up", "q"}, "note"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := sample()
			f.Focus("")
			keys(f, c.keys...)
			if got := f.Focused(); got != c.want {
				t.Errorf("the cursor is in %q, want %q", got, c.want)
			}
		})
	}
}

func TestHiddenFieldsAreSkipped(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Focus("secret")
	f.Show("note", "id", "created")
	if got := f.Focused(); got != "id" {
		t.Errorf("the cursor is in %q once its field is hidden", got)
	}
	for _, want := range []string{"created", "note", "id"} {
		if keys(f, "tab"); f.Focused() != want {
			t.Errorf("the cursor is in %q, want %q", f.Focused(), want)
		}
	}
	f.Focus("secret")
	if got := f.Focused(); got != "id" {
		t.Errorf("a hidden field got the cursor: %q", got)
	}
	f.Show()
	typed(f, "lost")
	if f.Focused() != "" || f.Value("id") != "" || len(f.Draw(40).Rows) != 0 {
		t.Errorf("nothing is shown, and %q has the cursor", f.Focused())
	}
}

func TestEveryPrintableKeyGoesToATextField(t *testing.T) {
	t.Parallel()
	const text = "q?1 2/[yYwX#é漢"
	f := sample()
	f.Focus("id")
	typed(f, text)
	if got := f.Value("id"); got != text {
		t.Errorf("value = %q, want %q", got, text)
	}
	keys(f, "backspace", "left", "x")
	if got := f.Value("id"); got != "q?1 2/[yYwX#xé" {
		t.Errorf("value = %q after editing", got)
	}
	f.Blur()
	typed(f, "more")
	if got := f.Value("id"); got != "q?1 2/[yYwX#xé" || f.Focused() != "" {
		t.Errorf("value = %q without the cursor", got)
	}
}

func TestValuesAreTrimmedAndLimited(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Focus("note")
	typed(f, "  abcdefgh")
	if got := f.Value("note"); got != "abc" {
		t.Errorf("value = %q", got)
	}
	f.Update(tea.PasteMsg{Content: "xyz"})
	if got := f.Value("note"); got != "abc" {
		t.Errorf("value = %q after pasting into a full field", got)
	}
}

func TestPasting(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Focus("id")
	typed(f, "ab")
	keys(f, "left")
	f.Update(tea.PasteMsg{Content: "1\r\n2"})
	if got := f.Value("id"); got != "a1  2b" {
		t.Errorf("value = %q", got)
	}
	if cmd := f.Update(press("ctrl+v")); cmd != nil {
		t.Error("ctrl+v reads the clipboard of the machine that kvikk runs on")
	}
	f.Focus("secret")
	typed(f, "old")
	f.Update(tea.PasteMsg{Content: "new-secret\n"})
	if got := f.Value("secret"); got != "new-secret" {
		t.Errorf("secret = %q, want the pasted one alone", got)
	}
	keys(f, "left", "left", "!")
	if got := f.Value("secret"); got != "new-secret!" {
		t.Errorf("secret = %q, want what is typed blindly at its end", got)
	}
	f.Focus("env")
	f.Update(tea.PasteMsg{Content: "own"})
	if got := f.Value("env"); got != "sandbox" {
		t.Errorf("a paste chose %q", got)
	}
}

func TestChoosingAndTicking(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Focus("env")
	for _, step := range []struct{ key, want string }{
		{"right", "test"}, {"space", "own"}, {"right", "sandbox"}, {"left", "own"}, {"left", "test"}, {"x", "test"},
	} {
		if keys(f, step.key); f.Value("env") != step.want {
			t.Errorf("%s chose %q, want %q", step.key, f.Value("env"), step.want)
		}
	}
	f.Set("env", "elsewhere")
	if got := f.Value("env"); got != "test" {
		t.Errorf("a value that is no option chose %q", got)
	}
	f.Focus("created")
	for _, step := range []struct{ key, want string }{{"space", "true"}, {"space", ""}, {"right", "true"}, {"left", ""}, {"x", ""}} {
		if keys(f, step.key); f.Value("created") != step.want {
			t.Errorf("%s ticked %q, want %q", step.key, f.Value("created"), step.want)
		}
	}
	empty := form.New(theme.New(theme.Dark), form.Field{Name: "none", Kind: form.Choice})
	empty.Focus("")
	if keys(empty, "right"); empty.Value("none") != "" || len(empty.Draw(20).Rows) != 1 {
		t.Error("a choice without options has a value")
	}
}

func TestMessagesGoWhenTheFieldChanges(t *testing.T) {
	t.Parallel()
	f := sample()
	for name, key := range map[string]string{"id": "a", "secret": "b", "env": "right", "created": "space"} {
		if !f.SetError(name, "not this one") {
			t.Fatalf("the form has no field %q", name)
		}
		f.Focus(name)
		keys(f, key)
		if got := f.FirstError(); got != "" {
			t.Errorf("%s still has its message after %s", got, key)
		}
	}
	f.SetError("note", "missing")
	f.SetError("env", "unknown")
	if got := f.FirstError(); got != "env" {
		t.Errorf("FirstError = %q, want the first in the form's order", got)
	}
	f.Show("id", "note")
	if got := f.FirstError(); got != "note" {
		t.Errorf("FirstError = %q, want the first that is shown", got)
	}
	f.Focus("note")
	keys(f, "left")
	if f.FirstError() != "note" {
		t.Error("moving the cursor takes the message away")
	}
	if f.SetError("note", ""); f.FirstError() != "" {
		t.Error("an empty reason leaves the message")
	}
	f.SetError("id", "missing")
	if f.ClearErrors(); f.FirstError() != "" {
		t.Error("ClearErrors left one")
	}
	if f.SetError("nobody", "x") || f.Has("nobody") || f.Value("nobody") != "" || !f.Has("id") {
		t.Error("the form has a field that it has not")
	}
}

func TestRestoreBringsASnapshotBack(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Set("id", "before")
	f.Set("secret", "hush")
	f.Set("env", "test")
	f.Set("created", "true")
	before := f.Snapshot()
	f.Focus("id")
	typed(f, " and after")
	f.Update(tea.PasteMsg{Content: "x"})
	f.Set("secret", "")
	f.Set("env", "own")
	f.Set("created", "")
	f.Set("note", "new")
	f.SetError("id", "wrong")
	f.Restore(before)
	if got := f.Snapshot(); !maps.Equal(got, before) {
		t.Errorf("restored %v, want %v", got, before)
	}
	if f.FirstError() != "" {
		t.Error("a message outlived Restore")
	}
	if before["secret"] != "hush" || strings.Contains(before["id"], "after") {
		t.Errorf("the snapshot has changed: %v", before)
	}
}
