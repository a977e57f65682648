package profile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// taken returns what was taken, spelt out in the order of a form.
func taken(i Import) string {
	var b strings.Builder
	for _, f := range i.Taken {
		fmt.Fprintf(&b, "%s=%s;", f, i.Values[f].Reveal())
	}
	return b.String()
}

// ignored returns what was ignored, a line an entry.
func ignored(i Import) string {
	var b strings.Builder
	for _, entry := range i.Ignored {
		fmt.Fprintf(&b, "%s\n", entry)
	}
	return b.String()
}

func TestReadFileTellsTheFormats(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a .env file":                         {"VIPPS_MSN=123456\n", "msn=123456;"},
		"a Postman environment":               {`{"values":[{"key":"client_id","value":"a"}]}`, "client_id=a;"},
		"one with a byte order mark":          {"\xef\xbb\xbf{\"values\":[{\"key\":\"client_id\",\"value\":\"a\"}]}", "client_id=a;"},
		"a .env file with a byte order mark":  {"\xef\xbb\xbfVIPPS_MSN=1\r\n", "msn=1;"},
		"white space before the first brace":  {"\n\t {\"values\":[{\"key\":\"client_id\",\"value\":\"a\"}]}", "client_id=a;"},
		"exactly 1 MiB":                       {"VIPPS_MSN=1\n#" + strings.Repeat("x", fileLimit-13), "msn=1;"},
		"a .env file with a brace in a value": {"A={\nVIPPS_MSN=1\n", "msn=1;"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "file")
			write(t, path, c.text)
			i, err := ReadFile(path)
			must(t, err)
			if got := taken(i); got != c.want {
				t.Errorf("took %q, want %q", got, c.want)
			}
		})
	}
}

func TestReadFileRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		write(t, path, text)
		return path
	}
	for name, c := range map[string]struct{ path, says string }{
		"a file that is not there":       {filepath.Join(dir, "none"), "there is no such file"},
		"a directory":                    {dir, "it is a directory"},
		"a device":                       {os.DevNull, "it is not a regular file"},
		"more than 1 MiB":                {file("large", strings.Repeat("#", fileLimit+1)), "larger than 1 MiB"},
		"UTF-16":                         {file("utf16", "\xff\xfeV\x00"), "UTF-16"},
		"a program":                      {file("elf", "\x7fELF\x00\x00"), "no text file"},
		"JSON that is cut off":           {file("cut", "{\n\"values\":[{\"key\":\"client_secret\",\"value\":\"hunter2"), "not valid JSON (line 2)"},
		"JSON that is something else":    {file("list", "[\"hunter2\"]"), "no Postman environment (line 1)"},
		"JSON without values":            {file("json", "{\"a\":1}"), "it has no values"},
		"a Postman collection":           {file("coll", "{\"info\":{},\"item\":[]}"), "it is a Postman collection"},
		"a number that is too large":     {file("num", "{\"values\":[{\"key\":12345678901234567890}]}"), "no Postman environment"},
		"a file with nothing to read in": {file("other", "PATH=/bin\n"), "none of the settings"},
		"an empty file":                  {file("empty", ""), "none of the settings"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, err := ReadFile(c.path)
			var e *ImportError
			if !errors.As(err, &e) || e.Path != c.path || e.Do == "" || !strings.Contains(err.Error(), c.says) {
				t.Errorf("ReadFile = %v", err)
			}
			if len(i.Taken) > 0 || strings.Contains(fmt.Sprint(err, errors.Unwrap(err)), "hunter2") || strings.Contains(err.Error(), "12345") {
				t.Errorf("took %v, says %v", i.Taken, err)
			}
		})
	}
}

func TestPathsAreTakenAsPeopleGiveThem(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	path := filepath.Join(home, "my keys.env")
	write(t, path, "VIPPS_MSN=1")
	for _, typed := range []string{path, "~/my keys.env", "'" + path + "'", `"` + path + `"`, "  " + path + "\n"} {
		if i, err := ReadFile(typed); err != nil || taken(i) != "msn=1;" {
			t.Errorf("ReadFile(%q) = %v", typed, err)
		}
	}
}

func TestApplyPutsValuesInTheirPlacesAndLeavesTheRest(t *testing.T) {
	t.Parallel()
	p, secrets := acme()
	i, ok := ParsePaste("VIPPS_MSN=1\nNGROK_DOMAIN=new.ngrok.app\nVIPPS_CLIENT_SECRET=new")
	if !ok {
		t.Fatal("not recognised")
	}
	wantP, wantS := p, secrets
	wantP.MSN, wantP.Tunnel.Domain = "1", "new.ngrok.app"
	wantS.ClientSecret = i.Values[FieldClientSecret]
	gotP, gotS := i.Apply(p, secrets)
	if diff := cmp.Diff(wantP, gotP); diff != "" || gotS != wantS {
		t.Errorf("Apply: %s", diff)
	}
	all, _ := ParsePaste("VIPPS_CLIENT_ID=a\nVIPPS_CLIENT_SECRET=b\nVIPPS_SUBSCRIPTION_KEY=c\nVIPPS_MSN=d\nVIPPS_PHONE_NUMBER=e\nNGROK_AUTHTOKEN=f\nNGROK_DOMAIN=g")
	gotP, gotS = all.Apply(Profile{}, Secrets{})
	if got := fmt.Sprint(gotP.ClientID, gotS.ClientSecret.Reveal(), gotS.SubscriptionKey.Reveal(), gotP.MSN, gotP.Phone,
		gotS.Authtoken.Reveal(), gotP.Tunnel.Domain); got != "abcdefg" {
		t.Errorf("Apply put them at %s", got)
	}
}

func TestParsePaste(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text  string
		want  string
		known bool
	}{
		"lines of settings":               {"VIPPS_CLIENT_ID=a\nVIPPS_MSN=1", "client_id=a;msn=1;", true},
		"lines that end in CR alone":      {"VIPPS_CLIENT_ID=a\rVIPPS_MSN=1\r", "client_id=a;msn=1;", true},
		"one line":                        {"client_secret=b==", "client_secret=b==;", true},
		"a whole Postman environment":     {`{"values":[{"key":"merchantSerialNumber","value":123456}]}`, "msn=123456;", true},
		"placeholders deserve an answer":  {"VIPPS_CLIENT_ID=<client_id>", "", true},
		"a key alone is no setting":       {"Y8Kteew6GE2ZmeycEt6egg==", "", false},
		"a number":                        {"123456", "", false},
		"other settings":                  {"PATH=/bin", "", false},
		"JSON of another kind":            {`{"client_id":"a"}`, "", false},
		"nothing":                         {"", "", false},
		"more than anybody would type in": {"VIPPS_MSN=1\n" + strings.Repeat("#", fileLimit), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, known := ParsePaste(c.text)
			if got := taken(i); got != c.want || known != c.known {
				t.Errorf("took %q, %v; want %q, %v", got, known, c.want, c.known)
			}
		})
	}
}
