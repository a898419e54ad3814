package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"triage/internal/control"
	"triage/internal/digest"
)

func reportCommand() *cobra.Command {
	var o order
	var week, raw bool
	var lang string
	cmd := &cobra.Command{
		Use: "report", Short: "Print the morning summary, or the week's, as it would be sent now", Args: noArgs,
		Long: `Prints what the summary by mail would say if it were sent now: what waits for somebody,
what came since the last one, who was called, which accounts are not read, and what to
do. With --week it prints the report of the last whole week, Monday to Sunday. Like the
mail it holds numbers and links, and no word of a comment.

It sends nothing, and changes nothing about the summaries that are sent ([alerts.digest]
in the configuration says to whom and when). It needs a user who may see the queue, named
by --as. While the service is stopped it is not known how reading the accounts goes.`,
		Example: `  triage report --as priya --config /etc/triage/config.toml    this morning's, now
  triage report --week --lang es --as priya                    last week's, in Spanish
  triage report --json --as priya                              for a program of yours`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if lang != "" && lang != "en" && lang != "es" {
				return fmt.Errorf("%w: --lang wants en or es", errUsage)
			}
			q := url.Values{"lang": {lang}}
			if week {
				q.Set("week", "1")
			}
			return o.give(cmd, func(_ context.Context, c *control.Client) error { return printReport(cmd, c, q, raw) })
		},
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&week, "week", false, "the report of the last whole week")
	cmd.Flags().StringVar(&lang, "lang", "", "en or es; without it as alerts.digest.lang says")
	cmd.Flags().BoolVar(&raw, "json", false, "print JSON")
	return cmd
}

// printReport asks for a summary and prints it, as JSON or for people.
func printReport(cmd *cobra.Command, c *control.Client, q url.Values, raw bool) error {
	out := cmd.OutOrStdout()
	var r control.Report
	if err := c.Call(cmd.Context(), "GET", "/report?"+q.Encode(), nil, &r); err != nil {
		return err
	}
	if raw {
		return printJSON(out, r)
	}
	_, err := fmt.Fprintf(out, "%s\n\n%s", r.Subject, r.Text)
	return err
}

// reporter writes the summaries for a terminal. p needs its store, desk and accounts.
func (s *service) reporter(p workings) control.Reporter {
	return func(ctx context.Context, weekly bool, lang string) control.Report {
		var err error
		if p.duty, err = s.onCall(p.opened); err != nil {
			s.log.Warn("no report of who is on call", zap.Error(err))
		}
		from := s.summaries(p)
		if p.accounts == nil { // the service is stopped
			from.Health = nil
		}
		l := from.Write(ctx, s.issue(weekly, lang))
		return control.Report{Subject: l.Subject, Text: l.Text}
	}
}

// issue is the summary of now.
func (s *service) issue(weekly bool, lang string) digest.Issue {
	d, plan := s.cfg.Alerts.Digest, s.cfg.plan(func(string, string, ...any) {})
	days, _ := digest.ParseDays(d.Days) // looked at when it was loaded
	now := time.Now().In(plan.Zone)
	i := digest.Issue{Kind: digest.Morning, Now: now, Since: digest.Clock{At: d.At, Days: days, Holidays: plan.Holidays, Zone: plan.Zone}.Last(now), Lang: lang}
	if i.Since.IsZero() {
		i.Since = now.AddDate(0, 0, -1)
	}
	if weekly {
		i.Kind = digest.Weekly
	}
	if lang == "" {
		i.Lang = d.Lang
	}
	return i
}
