package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/control"
	"triage/internal/respond/outbound"
)

func sweepCommand() *cobra.Command {
	var o order
	var since, report string
	cmd := &cobra.Command{
		Use:   "sweep [--since DAY] [--report FILE]",
		Short: "Hold our own old replies against the rules",
		Long: `Reads what the practice itself published on every account, as far back as each
platform shows it, and holds it against the rules for replies, beside the comment it
answers. What says too much becomes a case to take down; on-call is told once for
all of it. Comments of others are read for that only, and not kept.

It works through the running service, or alone while that is stopped, and within
half of each account's budget of calls. Ctrl-C ends it: the same command goes on with
the accounts that were not finished, and nothing is found twice.

--report writes FILE.html and FILE.json: what was found, how it stands now, who took
it down, and the proof that it is gone. It holds nobody's words. "triage sweep status"
reads everything back and writes the report anew. Needs a privacy officer, an admin,
or the operator.`,
		Example: `  triage sweep --config /etc/triage/config.toml --report replies
  triage sweep --since 2024-01-01 --as dana
  triage sweep status --report replies`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := parseDay(since, false)
			if err != nil {
				return fmt.Errorf("%w: --since: %v", errUsage, err)
			}
			if from.IsZero() {
				from = outbound.Beginning
			}
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				return sweep(ctx, cmd, c, sweepOrder{from, report})
			})
		},
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&since, "since", "", "from this day on, such as 2024-01-31; default everything that the platform shows")
	cmd.PersistentFlags().StringVar(&report, "report", "", "write the report to FILE.html and FILE.json")
	cmd.AddCommand(sweepStatus(&o, &report))
	return cmd
}

func sweepStatus(o *order, report *string) *cobra.Command {
	return &cobra.Command{
		Use: "status [--report FILE]", Short: "Read back what had to go, and say how it stands", Args: noArgs,
		Long: `Reads every reply that had to be taken down back from its platform, closes the cases
of those that are gone or corrected, and says how all of them stand; --report writes
the report anew.`,
		Example: `  triage sweep status --report replies`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.give(cmd, func(ctx context.Context, c *control.Client) error { return sweepReported(ctx, cmd, c, *report, true) })
		},
	}
}

// sweepOrder is what sweep is asked for.
type sweepOrder struct {
	since  time.Time
	report string
}

// sweep has everything read and writes the report, of what was read at least.
func sweep(ctx context.Context, cmd *cobra.Command, c *control.Client, in sweepOrder) error {
	if in.report != "" { // before hours of reading, not after
		trial := stemOf(in.report) + ".trial"
		if err := writeWhole(trial, ""); err != nil {
			return err
		}
		_ = os.Remove(trial)
	}
	show := newProgress(cmd.ErrOrStderr())
	accounts, err := swept(ctx, c, in.since, show)
	show.clear()
	failed := sayAccounts(cmd.OutOrStdout(), accounts)
	if err != nil {
		return err
	}
	if err := sweepReported(ctx, cmd, c, in.report, false); err != nil {
		return err
	}
	if failed {
		return errors.New("not every account was read to its end: give the same command again in a while, it goes on there")
	}
	return nil
}

// swept has everything read, and returns how far each account was.
func swept(ctx context.Context, c *control.Client, since time.Time, show *progress) (map[string]control.Swept, error) {
	accounts := map[string]control.Swept{}
	ended := control.Swept{}
	err := c.Lines(ctx, "/sweep", control.Sweep{Since: since}, func(line []byte) error {
		var s control.Swept
		if err := json.Unmarshal(line, &s); err != nil {
			return err
		}
		if s.Account == "" {
			ended = s
			return nil
		}
		accounts[s.Account] = s
		read, own := 0, 0
		for _, a := range accounts {
			read, own = read+a.Read, own+a.Own
		}
		show.say("read %d comments, %d of them ours", read, own)
		return nil
	})
	cut := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
	switch {
	case ended.Error != "":
		err = errors.New(ended.Error)
	case cut, err == nil && !ended.All:
		err = errors.New("the service stopped on the way: start it and give the command again, it goes on with the accounts that were not finished")
	}
	return accounts, err
}

// sayAccounts says how far each account was read, and whether one failed.
func sayAccounts(out io.Writer, all map[string]control.Swept) (failed bool) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s := all[name]
		line := fmt.Sprintf("%s: %s back to %s, %s of ours, %d to take down", name, plural(s.Read, "comment"), orDash(dayWord(s.Oldest)), replyCount(s.Own), s.Refused-s.Unread)
		switch {
		case s.Before:
			line = name + ": read to its end before"
		case s.Failed != "":
			failed = true
			line += "; NOT READ TO ITS END: " + s.Failed
		}
		if s.Unread > 0 {
			line += fmt.Sprintf("; %d to look at, in a language the check cannot read", s.Unread)
		}
		_, _ = fmt.Fprintln(out, line)
	}
	return failed
}

// sweepReported says how everything stands and, with a name, writes the report.
func sweepReported(ctx context.Context, cmd *cobra.Command, c *control.Client, name string, look bool) error {
	path := "/sweep"
	if look {
		path += "?look"
	}
	var body strings.Builder
	if err := c.Fetch(ctx, path, &body); err != nil {
		return err
	}
	var r sweepReport
	if err := json.Unmarshal([]byte(body.String()), &r); err != nil {
		return fmt.Errorf("read the report: %w", err)
	}
	out := cmd.OutOrStdout()
	for _, state := range sweepStates {
		if n := r.count(state); n > 0 {
			_, _ = fmt.Fprintf(out, "%s=%d\n", state, n)
		}
	}
	if r.NotRead > 0 {
		_, _ = fmt.Fprintf(out, "not-read=%d\n", r.NotRead)
	}
	if name == "" {
		return nil
	}
	stem := stemOf(name)
	html, err := r.html([]byte(body.String()))
	if err != nil {
		return err
	}
	for _, f := range []struct{ path, text string }{{stem + ".json", body.String()}, {stem + ".html", html}} {
		if err := writeWhole(f.path, f.text); err != nil {
			return err
		}
		_, _ = fmt.Fprintln(out, "report="+f.path)
	}
	return nil
}

// stemOf is what the names of the report's files begin with.
func stemOf(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, ".html"), ".json")
}

// writeWhole writes a file that only its owner can read, whole or not at all.
func writeWhole(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Sync(), f.Close())
		if err = cmp.Or(err, os.Rename(f.Name(), path)); err != nil {
			_ = os.Remove(f.Name())
		}
	}
	if err != nil {
		return fmt.Errorf("write %s: %w: name a file in a directory that you can write to", path, err)
	}
	return nil
}
