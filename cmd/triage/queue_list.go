package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/control"
	"triage/internal/respond"
	"triage/internal/review/say"
)

// english is how commands name lanes, platforms and times: as the page does.
func english() *say.Words { return say.In(say.English) }

// listing is what is to be listed.
type listing struct {
	only        map[string]*string // fields of the query, by flag
	from, to    string
	first, most int
	raw         bool
}

// query is how the service is asked for it.
func (l *listing) query() (string, error) {
	q := url.Values{"first": {strconv.Itoa(l.first)}, "most": {strconv.Itoa(l.most)}}
	for name, day := range map[string]string{"from": l.from, "to": l.to} {
		at, err := parseDay(day, false)
		if err != nil {
			return "", fmt.Errorf("%w: --%s: %v", errUsage, name, err)
		}
		if !at.IsZero() {
			q.Set(name, at.Format(time.RFC3339))
		}
	}
	for name, value := range l.only {
		q.Set(name, *value)
	}
	if _, known := control.CaseStates[q.Get("state")]; !known {
		return "", fmt.Errorf("%w: --state wants open, going, answered or dismissed", errUsage)
	}
	if lane := q.Get("lane"); lane != "" && !slices.Contains(respond.Lanes, respond.Lane(lane)) {
		return "", fmt.Errorf("%w: --lane wants one of %s", errUsage, respond.Lanes)
	}
	return q.Encode(), nil
}

func queueList(o *order) *cobra.Command {
	l := listing{only: map[string]*string{}}
	cmd := &cobra.Command{
		Use: "list", Short: "List the cases that wait, or others; no words of them", Args: noArgs,
		Long: `Lists cases as the page does: what is urgent first, then what is too late first.
What is settled comes newest first. The weekly sample is listed by --lane sample
only.`,
		Example: `  triage queue list --as priya
  triage queue list --platform facebook --assignee priya --as priya
  triage queue list --state answered --from 2026-09-01 --to 2026-10-01 --most 1000 --as priya`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := l.query()
			if err != nil {
				return err
			}
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				var list control.CaseList
				if err := c.Call(ctx, "GET", "/cases?"+q, nil, &list); err != nil {
					return err
				}
				if l.raw {
					return printJSON(cmd.OutOrStdout(), list)
				}
				return printList(cmd.OutOrStdout(), list, time.Now())
			})
		},
	}
	l.flags(cmd)
	return cmd
}

func (l *listing) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	l.only["state"] = f.String("state", "open", "open, going (approved, not out yet), answered or dismissed")
	l.only["lane"] = f.String("lane", "", "one lane: take-down, urgent, identifier, someone-else, clear, look, possible, routine or sample")
	l.only["platform"] = f.String("platform", "", "one platform, such as facebook")
	l.only["account"] = f.String("account", "", "one account, by its name in the configuration")
	l.only["assignee"] = f.String("assignee", "", "whose: a user's name, or - for nobody's")
	f.StringVar(&l.from, "from", "", "comments written from this day on, such as 2026-01-31")
	f.StringVar(&l.to, "to", "", "comments written before this day")
	f.IntVar(&l.first, "first", 0, "leave out so many from the start")
	f.IntVar(&l.most, "most", 50, "list so many at most, up to 1000")
	f.BoolVar(&l.raw, "json", false, "print JSON")
}

// printJSON prints one line.
func printJSON(w io.Writer, what any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(what)
}

func printList(w io.Writer, list control.CaseList, now time.Time) error {
	if len(list.Cases) == 0 {
		_, err := fmt.Fprintln(w, "Nothing here.")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "CASE\tLANE\tPLATFORM\tAGE\tWHOSE\t")
	for _, c := range list.Cases {
		whose := c.Assignee
		if whose == "" {
			whose = "–"
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, english().Lane(c.Lane), english().Platform(c.Platform), english().Short(now.Sub(c.Made)), whose, standsNow(c, now))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if n := len(list.Cases); n < list.All {
		_, err := fmt.Fprintf(w, "%d to %d of %d; --first %d shows the next\n", list.First+1, list.First+n, list.All, list.First+n)
		return err
	}
	return nil
}

// standsNow says in a few words what is to be known of a case in a list.
func standsNow(c control.CaseLine, now time.Time) string {
	switch {
	case c.Proposed != "":
		return "waits for a second person: proposed by " + c.Proposed
	case c.State == "going" && c.Due.After(now):
		return "goes out in " + english().Span(c.Due.Sub(now)) + ", by " + c.By
	case c.State == "going":
		return "going out now"
	case c.State != "open" && c.By != "":
		return c.Did + " by " + c.By + ", " + english().Clock(c.At, now)
	case c.State != "open":
		return string(c.Stands)
	case c.Stands == respond.Failed || c.Stands == respond.Manual:
		return "needs a hand: look"
	case c.Private.After(now):
		return "private message possible for " + respond.Left(c.Private.Sub(now))
	}
	return ""
}
