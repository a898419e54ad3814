package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime/debug"
	"strings"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/term"
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
			s.invite, s.ready = true, s.sayReady
			return s.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&path, "config", "config.toml", "the configuration file")
	cmd.Flags().StringSliceVar((*[]string)(&s.roles), "roles", nil, "what this process does: "+strings.Join(allRoles, ",")+"; default everything")
	cmd.Flags().BoolVar(&s.acceptLoss, "accept-loss", false, "start although the store lost something, which is logged and audited")
	return cmd
}

// sayReady says where the page is, and how the first user gets in. Her link is said
// to a terminal only: what else reads this keeps it, as a journal does.
func (s *service) sayReady(login string) {
	_, _ = fmt.Fprintf(s.out, "page=%s\n", s.cfg.Review.URL)
	_, link, _ := strings.Cut(login, " ")
	out, isFile := s.out.(*os.File)
	switch {
	case login == "":
	case !strings.Contains(link, "#"):
		_, _ = fmt.Fprintf(s.out, "login: the first user's name and password are in %s; delete it once you have signed in\n", s.loginFile())
	case isFile && term.IsTerminal(int(out.Fd())):
		_, _ = fmt.Fprintf(s.out, "first=%s\nOpen this link to choose the password of %s. It is good once, for a day, and in %s too.\n", link, s.user, s.loginFile())
	default:
		_, _ = fmt.Fprintf(s.out, "first: the link by which %s chooses her password is in %s; it is good once, for a day\n", s.user, s.loginFile())
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

// secure reports whether staff reach the page by https, so that its cookies may
// demand it.
func (s *service) secure() bool {
	u, err := url.Parse(s.cfg.Review.URL)
	return err == nil && u.Scheme == "https"
}
