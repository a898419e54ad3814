package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/classify"
	"triage/internal/control"
	"triage/internal/ingest"
	"triage/internal/respond"
)

func checkCommand() *cobra.Command {
	var path string
	var offline, test bool
	cmd := &cobra.Command{
		Use:   "check --config FILE",
		Short: "Say what would go wrong before it does",
		Long: `Reads the configuration as triage run would, puts every reply template through
the gate, and asks each platform whether the account and its token can be used.
It says, too, who would be called now and who is next. It changes nothing, and sends
nothing but the tests that you ask for. What is marked "advice" works and could be
better; "MEND" does not work. Exit code 1 means that something needs mending.`,
		Example: `  triage check --config config.toml
  triage check --config config.toml --offline     ask no platform
  triage check --config config.toml --test-alert  send everybody who can be called a test`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path)
			if err != nil {
				return err
			}
			findings := append(checkLocal(cfg), checkAlerts(cfg, time.Now())...)
			findings = append(findings, checkStaff(cmd, cfg, offline)...)
			findings = append(findings, checkSettings(cmd.Context(), cfg)...)
			if test {
				findings = append(findings, testAlerts(cmd.Context(), cfg, cmd.OutOrStdout())...)
			}
			if !offline {
				findings = append(findings, checkAccounts(cmd, cfg)...)
			}
			return report(cmd.OutOrStdout(), findings)
		},
	}
	cmd.Flags().StringVar(&path, "config", "config.toml", "the configuration file")
	cmd.Flags().BoolVar(&offline, "offline", false, "ask no platform")
	cmd.Flags().BoolVar(&test, "test-alert", false, "send a test to everybody who can be called, on every line")
	return cmd
}

// checkLocal looks at what needs no network. The file itself was read already.
func checkLocal(cfg config) []ingest.Finding {
	out := []ingest.Finding{{OK: true, What: cfg.path + ": every key is known and every secret is there"}}
	if _, err := classify.New(classify.Options{Staff: cfg.Practice.Staff, Own: cfg.Practice.Own()}); err != nil {
		out = append(out, ingest.Finding{What: "classifier", Mend: err.Error()})
	}
	if strings.HasPrefix(cfg.Review.URL, "https:") && cfg.Review.TrustedProxy == "" {
		out = append(out, ingest.Finding{What: "review.trusted_proxy is not set, and a proxy stands before the page: everybody counts as one place, so a stranger who guesses passwords slows all staff down",
			Mend: `write the proxy's address, such as trusted_proxy = "127.0.0.1"`})
	}
	gate, err := respond.NewGate(cfg.gateOptions())
	if err == nil {
		_, err = respond.NewDrafter(cfg.Practice, cfg.Templates, gate)
	}
	if err != nil {
		return append(out, ingest.Finding{What: "reply templates", Mend: err.Error()})
	}
	out = append(out, ingest.Finding{OK: true, What: "reply templates: all pass the gate and fit"})
	if cfg.Posting.Mode == shadowMode {
		out = append(out, ingest.Finding{OK: true, What: "posting is off in the file: decisions are recorded, nothing goes out (posting.mode)"})
	}
	return out
}

// report prints findings and returns errSaid if one of them needs mending.
func report(w io.Writer, findings []ingest.Finding) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	bad := 0
	for _, f := range findings {
		mark := markOf(f)
		if !f.OK {
			bad++
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\n", mark, f.What)
		if f.Mend != "" {
			_, _ = fmt.Fprintf(table, "\t→ %s\n", f.Mend)
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print findings: %w", err)
	}
	if bad > 0 {
		_, _ = fmt.Fprintf(w, "%d of %d need mending\n", bad, len(findings))
		return errSaid
	}
	return nil
}

// markOf is ok, advice where it works and could be better, and MEND where it does not.
func markOf(f ingest.Finding) string {
	switch {
	case !f.OK:
		return "MEND"
	case f.Mend != "":
		return "advice"
	}
	return "ok"
}

// checkSettings tells which settings go before the configuration file, if the
// service runs; while it does not, nobody is kept waiting by a store to open.
func checkSettings(ctx context.Context, cfg config) []ingest.Finding {
	client, ok := control.Dial((&service{cfg: cfg}).socket())
	if !ok {
		return []ingest.Finding{{OK: true, What: "settings that were changed while it ran are not looked at: the service is stopped (triage settings list)"}}
	}
	var all []control.Setting
	if err := (&control.Client{HTTP: client}).Call(ctx, "GET", "/settings", nil, &all); err != nil {
		return []ingest.Finding{{What: "settings", Mend: err.Error()}}
	}
	var out []ingest.Finding
	for _, s := range all {
		if !s.FromFile {
			out = append(out, ingest.Finding{OK: s.Refused == "" && !s.Unknown, What: fmt.Sprintf("%s = %s, %s, and not %s as in the file", s.Name, s.Value, whence(s), s.File),
				Mend: "if the file is meant: triage settings reset " + s.Name})
		}
	}
	return out
}
