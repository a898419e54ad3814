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
		Use: "report", Short: "What waits and what was done, as the summaries say it; no words of anybody", Args: noArgs,
		Long: `Prints what the morning summary would say now: what waits, what came since the last
one, who was called, what somebody is to do. With --week it prints the report of the
last whole week, Monday to Sunday. Nothing is sent, and the summaries that are sent by
mail stay as they are. Without the service it is not known how reading the accounts goes.`,
		Example: `  triage report --as priya
  triage report --week --lang es --as priya`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q := url.Values{"lang": {lang}}
			if week {
				q.Set("week", "1")
			}
			if lang != "" && lang != "en" && lang != "es" {
				return fmt.Errorf("%w: --lang wants en or es", errUsage)
			}
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				var r control.Report
				if err := c.Call(ctx, "GET", "/report?"+q.Encode(), nil, &r); err != nil {
					return err
				}
				if raw {
					return printJSON(cmd.OutOrStdout(), r)
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n%s", r.Subject, r.Text)
				return err
			})
		},
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&week, "week", false, "the report of the last whole week")
	cmd.Flags().StringVar(&lang, "lang", "", "en or es; without it as alerts.digest.lang says")
	cmd.Flags().BoolVar(&raw, "json", false, "print JSON")
	return cmd
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
