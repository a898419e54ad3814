package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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

	"triage/internal/audit"
	"triage/internal/people"
	"triage/internal/respond"
)

func runCommand() *cobra.Command {
	var path string
	var s service
	cmd := &cobra.Command{
		Use:   "run --config FILE",
		Short: "Run the service",
		Long: `Runs the service of one practice until it is told to stop (Ctrl-C or SIGTERM):
reads comments, judges them, holds suggested replies for a person, publishes what
was approved, and calls on-call. All state lives under data.dir; what was under way
when it stopped goes on at the next start.

With NATS servers of your own (nats.url) several processes may do the work of one
practice: all of them everything, or each some roles. What only one may do at a time
(reading an account, sending, paging) is taken over within 20 seconds when its
process dies.`,
		Example: `  triage sandbox &                          stand-ins of the platforms to try with
  triage check --config config.example.toml
  triage run --config config.example.toml
  triage run --config /etc/triage/config.toml --roles review      a second page elsewhere`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path)
			if err != nil {
				return err
			}
			if err := s.roles.validate(cfg); err != nil {
				return err
			}
			log := newLog(cfg.Log.Level, cmd.ErrOrStderr())
			defer func() { _ = log.Sync() }()
			page, err := listen(cfg.Review.Addr)
			if err != nil {
				return err
			}
			defer func() { _ = page.Close() }()
			cfg.reachedAt(page)
			s.cfg, s.out, s.log, s.page, s.user = cfg, cmd.OutOrStdout(), log, page, "admin"
			s.ready = func(string) { s.sayReady() }
			return s.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&path, "config", "config.toml", "the configuration file")
	cmd.Flags().StringSliceVar((*[]string)(&s.roles), "roles", nil, "what this process does: "+strings.Join(allRoles, ",")+"; default everything")
	cmd.Flags().BoolVar(&s.acceptLoss, "accept-loss", false, "start although the store lost something, which is logged and audited")
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
func newLog(level string, w io.Writer) *zap.Logger {
	at, err := zapcore.ParseLevel(level)
	if err != nil {
		at = zapcore.InfoLevel
	}
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.RFC3339TimeEncoder
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(enc), zapcore.Lock(zapcore.AddSync(w)), at))
}

func (s *service) loginFile() string { return filepath.Join(s.cfg.Data.Dir, "first-login") }

// firstLogin makes the first user, if there is none, and leaves name and
// password in a file that only the service's user can read. It returns them as
// long as the file is there.
func (s *service) firstLogin(ctx context.Context, st *opened, folk *people.People) (string, error) {
	write := func(password string) (string, error) {
		if err := st.Audit.Append(ctx, audit.Act{By: respond.Machine, From: "service", Do: "user-added", On: s.user, Note: string(people.Admin)}); err != nil {
			return "", err
		}
		return s.keepLogin(password)
	}
	keep := people.Keep{Write: write, Drop: func() error {
		if err := os.Remove(s.loginFile()); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}}
	if err := folk.First(ctx, s.user, keep); err != nil {
		return "", err
	}
	raw, err := os.ReadFile(s.loginFile())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(raw)), err
}

// keepLogin puts the first user's password into its file, whole or not at all,
// and returns it; if the file is there, what it says.
func (s *service) keepLogin(password string) (kept string, err error) {
	f, err := os.CreateTemp(s.cfg.Data.Dir, "first-login-*")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(s.user + " " + password + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	if err := os.Link(f.Name(), s.loginFile()); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	raw, err := os.ReadFile(s.loginFile())
	if err != nil {
		return "", err
	}
	kept, ok := strings.CutPrefix(strings.TrimSpace(string(raw)), s.user+" ")
	if !ok {
		return "", fmt.Errorf("%s holds no login of %s: delete it and start again", s.loginFile(), s.user)
	}
	return kept, syncDir(s.cfg.Data.Dir)
}

// secure reports whether staff reach the page by https, so that its cookies may
// demand it.
func (s *service) secure() bool {
	u, err := url.Parse(s.cfg.Review.URL)
	return err == nil && u.Scheme == "https"
}
