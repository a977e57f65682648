package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"kvikk/api"
	"kvikk/tunnel"
	"kvikk/ui/profile"
	"kvikk/ui/session"
)

// keyringGrace is how long [Home.Close] waits for a call to the keyring that
// nobody waits for any more.
const keyringGrace = time.Second

// Home is where a run keeps its files.
type Home struct {
	Dirs profile.Dirs
	// Store holds the saved sales units. It is nil when ConfigErr is not.
	Store *profile.Store
	// ConfigErr says why config.toml cannot be read. A run that needs no
	// profile goes on without one.
	ConfigErr error
	// Logger writes to the log file.
	Logger *slog.Logger

	log *os.File
}

// Open prepares the directories that flag, environment or system name, opens
// the log file and reads config.toml. It asks neither keyring nor network.
//
// The error is a [*UsageError] for a flag that cannot be right, or a
// [*profile.DirError].
func (p *Parts) Open(ctx context.Context) (*Home, error) {
	level, err := p.logLevel()
	if err != nil {
		return nil, err
	}
	dir := p.Flags.DataDir
	if dir == "" {
		dir = p.Getenv("KVIKK_DATA_DIR")
	}
	h := &Home{Dirs: profile.FindDirs(dir)}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open the data directory: %w", err)
	}
	if err := h.Dirs.Create(); err != nil {
		return nil, err
	}
	if h.log, err = openLog(h.Dirs.LogPath()); err != nil {
		return nil, fmt.Errorf("open the log file: %w", err)
	}
	h.Logger = slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: level}))
	if h.Store, h.ConfigErr = profile.Open(h.Dirs); h.ConfigErr != nil {
		h.Store = nil
		h.Logger.Warn("read the configuration", "err", h.ConfigErr)
	}
	return h, nil
}

// openLog opens the log to append to it. A log that others can read, left by
// an earlier umask or copy, is closed to them.
func openLog(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(0o600); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// logLevel reads --log-level.
func (p *Parts) logLevel() (slog.Level, error) {
	switch strings.ToLower(p.Flags.LogLevel) {
	case "debug":
		return slog.LevelDebug, nil
	case "", "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	}
	return 0, &UsageError{Err: fmt.Errorf("--log-level: there is no level %q; use debug, info, warn or error", p.Flags.LogLevel)}
}

// Close waits for the keyring, for a moment, and closes the log.
func (h *Home) Close() error {
	var err error
	if h.Store != nil {
		ctx, cancel := context.WithTimeout(context.Background(), keyringGrace)
		defer cancel()
		err = h.Store.Close(ctx)
	}
	if err := errors.Join(err, h.log.Close()); err != nil {
		return fmt.Errorf("close the data directory: %w", err)
	}
	return nil
}

// Secrets is where webhook secrets are kept, or nil without a store.
func (h *Home) Secrets() session.SecretStore {
	if h.Store == nil {
		return nil
	}
	return h.Store
}

// Resolve decides what a run works with. Missing keys are in the result and no
// error, since a screen can ask for them. What is wrong with a flag is a
// [*UsageError]; a config.toml that does not parse keeps everything but the
// sandbox from running.
func (p *Parts) Resolve(ctx context.Context, h *Home) (profile.Settings, error) {
	if h.ConfigErr != nil && !p.Flags.Sandbox {
		return profile.Settings{}, h.ConfigErr
	}
	settings, err := profile.Resolve(ctx, p.Flags.Flags, p.Getenv, h.Store)
	if err != nil && p.blamesFlag(err) {
		return profile.Settings{}, &UsageError{Err: err}
	}
	return settings, err
}

// blamesFlag reports whether an error is about the value of a flag, which no
// other machine or time would make right.
func (p *Parts) blamesFlag(err error) bool {
	if e, ok := errors.AsType[*profile.SettingError](err); ok {
		return strings.HasPrefix(e.Setting, "--")
	}
	_, refused := errors.AsType[*api.HostError](err)
	return refused && p.Flags.APIURL != ""
}

// checkTunnelFlags refuses a tunnel that flags ask for and that no machine or
// time would make right.
func (p *Parts) checkTunnelFlags(asked tunnel.Options) error {
	var err error
	f := p.Flags
	if f.ListenAddr != "" {
		err = tunnel.Options{Kind: tunnel.Local, ListenAddr: f.ListenAddr}.Validate()
	}
	if err == nil && (f.CallbackURL != "" || tunnel.Kind(f.Tunnel) == tunnel.Own && asked.PublicURL == "") {
		err = tunnel.Options{Kind: tunnel.Own, PublicURL: f.CallbackURL}.Validate()
	}
	if err != nil {
		return &UsageError{Err: err}
	}
	return nil
}
