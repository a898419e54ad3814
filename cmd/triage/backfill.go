package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/control"
	"triage/internal/ingest/file"
)

func backfillCommand() *cobra.Command {
	var o order
	var what control.Backfill
	var since string
	cmd := &cobra.Command{
		Use:   "backfill --account NAME --since DAY",
		Short: "Read what was written before triage watched",
		Long: `Has the running service read an account from a day in the past on, as far back as
the platform shows it. What is found is judged like everything else: disclosures
become cases, and our own old replies are held against the rules.

It keeps within the account's budget of calls and looks for new comments meanwhile,
so a long history takes its time. Ctrl-C ends the watching, not the reading. Needs
an operator or admin.`,
		Example: `  triage backfill --account facebook --since 2025-01-01 --config /etc/triage/config.toml`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if what.Since, err = parseDay(since, false); err != nil || since == "" || what.Account == "" {
				return fmt.Errorf("%w: give --account NAME and --since DAY, such as 2025-01-31", errUsage)
			}
			return o.give(cmd, func(ctx context.Context, c *control.Client) error { return backfill(ctx, cmd, c, what) })
		},
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&what.Account, "account", "", "the account's name in the configuration")
	cmd.Flags().StringVar(&since, "since", "", "from this day on, such as 2025-01-31")
	return cmd
}

func backfill(ctx context.Context, cmd *cobra.Command, c *control.Client, what control.Backfill) error {
	var last control.Backfilled
	show := newProgress(cmd.ErrOrStderr())
	err := c.Lines(ctx, "/backfill", what, func(line []byte) error {
		if err := json.Unmarshal(line, &last); err != nil {
			return err
		}
		show.say("read %d comments, known ones too", last.Read)
		return nil
	})
	show.clear()
	switch {
	case err == nil && last.Error != "":
		return errors.New(last.Error)
	case err == nil && !last.Done:
		return errors.New("the service stopped on the way: start it and give the command again, what was read stays read")
	case err != nil:
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "read=%d\n", last.Read)
	return err
}

// backfill implements control.Backfiller.
func (a accounts) backfill(name string, since time.Time) (func() control.Backfilled, error) {
	one, known := a[name]
	switch {
	case len(a) == 0:
		return nil, errors.New("the service is stopped: start it, it is what reads")
	case !known:
		return nil, fmt.Errorf("there is no account %q: name one of %s", name, strings.Join(slices.Sorted(maps.Keys(a)), ", "))
	case one.poller.Platform == file.Platform:
		return nil, errors.New("a file is read from its beginning anyway")
	case since.After(time.Now()):
		return nil, errors.New("that day is yet to come")
	}
	if h := one.poller.Health(); h.LastOK.IsZero() && h.Since.IsZero() {
		return nil, errors.New("this process does not read the account, or has only just begun: give the command again in a minute, or where the process runs that reads it")
	}
	one.poller.Backfill(since)
	return func() control.Backfilled {
		b := one.poller.Health().Backfill
		if !b.Since.Equal(since) {
			return control.Backfilled{Error: "somebody asked for another day meanwhile, and that is read instead"}
		}
		return control.Backfilled{Read: b.Read, Done: !b.Done.IsZero(), Error: b.Why}
	}, nil
}
