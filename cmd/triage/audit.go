package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/audit"
	"triage/internal/control"
)

func auditCommand() *cobra.Command {
	var o order
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Prove what was done, and by whom",
		Long: `The audit holds who saw, revealed, edited, approved, published, hid, erased or
changed what and when, without a word of any comment. Each record is chained to
the one before under the practice's key, and every ten minutes the end of the chain
is written outside the store (audit.checkpoints, and the log), so that neither a
changed record nor a missing end goes unnoticed.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o.flags(cmd)
	cmd.AddCommand(auditVerify(&o), auditExport(&o))
	return cmd
}

func auditVerify(o *order) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use: "verify [--checkpoints FILE]", Short: "Check every record, and that none is missing", Args: noArgs,
		Long: `Computes the chain anew and compares it with the checkpoints outside. Exit code 1
means that something was changed; what and where is said. A copy of the checkpoints
that the practice keeps elsewhere is better evidence than the file on this machine:
name it with --checkpoints.`,
		Example: `  triage audit verify --config /etc/triage/config.toml --checkpoints /safe/checkpoints.jsonl`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if path == "" {
				cfg, err := loadForOrder(o.config)
				if err != nil {
					return err
				}
				path = cfg.Audit.Checkpoints
			}
			return o.give(cmd, func(ctx context.Context, c *control.Client) error { return verify(ctx, cmd.OutOrStdout(), c, path) })
		},
	}
	cmd.Flags().StringVar(&path, "checkpoints", "", "the checkpoints to compare with; default audit.checkpoints of the configuration")
	return cmd
}

func verify(ctx context.Context, out io.Writer, c *control.Client, path string) error {
	var points io.Reader = strings.NewReader("")
	f, err := os.Open(path)
	switch {
	case err == nil:
		defer func() { _ = f.Close() }()
		points = f
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("read checkpoints: %w", err)
	}
	var r audit.Report
	if err := c.Send(ctx, "/audit/verify", points, &r); err != nil {
		return err
	}
	for _, fault := range r.Faults {
		_, _ = fmt.Fprintln(out, fault.What)
	}
	if !r.OK() {
		_, _ = fmt.Fprintf(out, "%d records, %d faults: keep the store as it is, and call the privacy officer\n", r.Records, len(r.Faults)+r.More)
		return errSaid
	}
	_, err = fmt.Fprintf(out, "%d records from %s to %s, none changed or missing\n%d checkpoints fit; the outside vouches up to record %d\n",
		r.Records, r.First.Local().Format(time.DateTime), r.Last.Local().Format(time.DateTime), r.Checkpoints, r.Vouched)
	return err
}

func auditExport(o *order) *cobra.Command {
	var from, to, format string
	cmd := &cobra.Command{
		Use: "export FILE", Short: "Write the audit of a time to a file, as evidence", Args: oneArg("FILE"),
		Long: `Writes the records of a time with the policy's version and the ends of the chain,
to a file that only its owner can read. It holds ids, names of staff and codes, and
no word of any comment. The export itself is audited.`,
		Example: `  triage audit export evidence.csv --format csv --from 2026-01-01 --to 2026-06-30 --as dana`,
		RunE: func(cmd *cobra.Command, args []string) error {
			q := url.Values{"format": {format}}
			for key, day := range map[string]string{"from": from, "to": to} {
				t, err := parseDay(day, key == "to")
				if err != nil {
					return fmt.Errorf("%w: --%s: %v", errUsage, key, err)
				}
				if !t.IsZero() {
					q.Set(key, t.Format(time.RFC3339))
				}
			}
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				return fetchFile(ctx, cmd, c, args[0], "/audit/export?"+q.Encode())
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "first day, such as 2026-01-31, or a time with its zone")
	cmd.Flags().StringVar(&to, "to", "", "last day, or a time with its zone")
	cmd.Flags().StringVar(&format, "format", "jsonl", "jsonl or csv")
	return cmd
}

// parseDay reads a day or a time; of a day, its end if that is wanted.
func parseDay(s string, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		if end {
			day = day.AddDate(0, 0, 1)
		}
		return day, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, errors.New("write a day such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z")
	}
	return t, nil
}
