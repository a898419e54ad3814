package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"triage/internal/people"
)

func runCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "run --config FILE",
		Short: "Run the service",
		Long: `Runs the service of one practice until it is told to stop (Ctrl-C or SIGTERM):
reads comments, judges them, holds suggested replies for a person, publishes what
was approved, and calls on-call. All state lives under data.dir; what was under way
when it stopped goes on at the next start.`,
		Example: `  triage sandbox &                          stand-ins of the platforms to try with
  triage check --config config.example.toml
  triage run --config config.example.toml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path)
			if err != nil {
				return err
			}
			log := newLog(cfg.Log.Level, zapcore.AddSync(cmd.ErrOrStderr()))
			defer func() { _ = log.Sync() }()
			page, err := listen(cfg.Review.Addr)
			if err != nil {
				return err
			}
			defer func() { _ = page.Close() }()
			cfg.reachedAt(page)
			s := &service{cfg: cfg, out: cmd.OutOrStdout(), log: log, page: page, user: "admin"}
			s.ready = func(string) { s.sayReady() }
			return s.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&path, "config", "config.toml", "the configuration file")
	return cmd
}

func (s *service) sayReady() {
	_, _ = fmt.Fprintf(s.out, "page=%s\n", s.cfg.Review.URL)
	if _, err := os.Stat(s.loginFile()); err == nil {
		_, _ = fmt.Fprintf(s.out, "login: the first user's name and password are in %s; delete it once you have signed in\n", s.loginFile())
	}
	_, _ = daemon.SdNotify(false, daemon.SdNotifyReady)
}

// frugal lets the memory be cleaned up twice as often as Go would: over 32,748
// comments at once that took 30 % off the peak and added 10 % of time. GOGC in
// the environment decides otherwise.
func frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

// newLog writes JSON lines: constant messages, facts in fields, ids only.
func newLog(level string, w zapcore.WriteSyncer) *zap.Logger {
	at, err := zapcore.ParseLevel(level)
	if err != nil {
		at = zapcore.InfoLevel
	}
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.RFC3339TimeEncoder
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(enc), zapcore.Lock(w), at))
}

func (s *service) loginFile() string { return filepath.Join(s.cfg.Data.Dir, "first-login") }

// firstLogin makes the first user, if there is none, and leaves name and
// password in a file that only the service's user can read. It returns them as
// long as the file is there.
func (s *service) firstLogin(ctx context.Context, folk *people.People) (string, error) {
	_, _, err := folk.First(ctx, s.user, func(password string) error {
		f, err := os.OpenFile(s.loginFile(), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		_, err = f.WriteString(s.user + " " + password + "\n")
		return errors.Join(err, f.Sync(), f.Close())
	})
	if err != nil {
		return "", err
	}
	raw, err := os.ReadFile(s.loginFile())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(raw)), err
}

// secure reports whether staff reach the page by https, so that its cookies may
// demand it.
func (s *service) secure() bool {
	u, err := url.Parse(s.cfg.Review.URL)
	return err == nil && u.Scheme == "https"
}
