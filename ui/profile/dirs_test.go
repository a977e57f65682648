package profile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/adrg/xdg"
)

func TestFindDirs(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	t.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
	t.Cleanup(xdg.Reload)
	xdg.Reload()
	own := Dirs{Config: filepath.Join(home, "own"), Data: filepath.Join(home, "own"), Isolated: true}
	for name, c := range map[string]struct {
		flag, variable string
		want           Dirs
	}{
		"the XDG directories are the default":     {want: Dirs{Config: filepath.Join(home, "config", "kvikk"), Data: filepath.Join(home, "data", "kvikk")}},
		"KVIKK_DATA_DIR moves everything":         {variable: own.Data, want: own},
		"--data-dir goes before the variable":     {flag: own.Data, variable: home, want: own},
		"a relative directory is made absolute":   {flag: filepath.Join(own.Data, "..", "own"), want: own},
		"a slash at the end is no other one":      {flag: own.Data + "/", want: own},
		"an empty flag leaves it to the variable": {flag: "", variable: own.Data, want: own},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("KVIKK_DATA_DIR", c.variable)
			if got := FindDirs(c.flag); got != c.want {
				t.Errorf("FindDirs(%q) = %+v, want %+v", c.flag, got, c.want)
			}
		})
	}
	if entries, err := os.ReadDir(home); err != nil || len(entries) > 0 {
		t.Errorf("FindDirs made %v (%v)", entries, err)
	}
}

func TestCreateMakesPrivateDirectoriesAndLeavesNothingInThem(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d := Dirs{Config: filepath.Join(root, "a", "config"), Data: filepath.Join(root, "b", "data")}
	must(t, d.Create())
	for _, dir := range []string{d.Config, d.Data} {
		info, err := os.Stat(dir)
		must(t, err)
		if mode := info.Mode().Perm(); mode != 0o700 {
			t.Errorf("%s has mode %o, want 700", dir, mode)
		}
		if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			t.Errorf("%s holds %v", dir, entries)
		}
	}
}

func TestADirectoryThatIsThereKeepsItsMode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755))
	must(t, FindDirs(dir).Create())
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the directory changed to %v (%v)", info.Mode(), err)
	}
}

func TestADirectoryThatCannotBeWrittenIsExplained(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	file := filepath.Join(root, "file")
	write(t, file, "")
	closed := filepath.Join(root, "closed")
	must(t, os.Mkdir(closed, 0o500))
	for name, c := range map[string]struct {
		dir, cause string
		asRoot     bool
	}{
		"a file stands in its place":  {file, "a file stands where a directory has to be", true},
		"a file stands in its parent": {filepath.Join(file, "below"), "a file stands where a directory has to be", true},
		"it belongs to somebody else": {closed, "this user may not write there", false},
		"so does its parent":          {filepath.Join(closed, "below"), "this user may not write there", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if os.Getuid() == 0 && !c.asRoot {
				t.Skip("root may write everywhere")
			}
			d := FindDirs(c.dir)
			_, saveErr := (&Store{dirs: d, file: fileVault{d}}).Save(t.Context(), Profile{Name: "acme"}, Secrets{})
			for what, err := range map[string]error{"Create": d.Create(), "Save": saveErr} {
				var e *DirError
				if !errors.As(err, &e) || e.Path != c.dir || e.Cause != c.cause || !strings.Contains(e.Do, "--data-dir") {
					t.Errorf("%s = %v", what, err)
				} else if text := err.Error(); !strings.Contains(text, c.dir) || !strings.Contains(text, c.cause) {
					t.Errorf("%s says %q", what, text)
				}
			}
		})
	}
}

func TestWhatTheSystemSaysBecomesACauseAndARemedy(t *testing.T) {
	t.Parallel()
	d := Dirs{}
	if err := d.explain("/dir", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
	for system, want := range map[error]string{
		syscall.EROFS:            "the file system is read-only; choose another directory",
		syscall.ENOSPC:           "the disk is full; free some space",
		syscall.EACCES:           "this user may not write there; make it yours",
		errors.New("odd\x1b[2J"): `odd\x1b[2J; choose another directory`,
	} {
		err := d.explain("/dir", &os.PathError{Op: "mkdir", Path: "/dir", Err: system})
		if !errors.Is(err, system) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "/dir") {
			t.Errorf("%v became %v", system, err)
		}
	}
}
