package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/ingest"
)

// checkAlerts says who would be called, and what a practice that relies on it should
// know; what cannot work was refused when the file was read.
func checkAlerts(cfg config, now time.Time) (out []ingest.Finding) {
	plan := cfg.plan(func(string, string, ...any) {}) // looked at when it was loaded
	switch {
	case len(plan.People) > 0:
		out = append(out, ingest.Finding{OK: true, What: "alerts: can be called: " + strings.Join(namesOf(plan.People), ", ")})
	case len(plan.Team) > 0:
		out = append(out, ingest.Finding{OK: true, What: "alerts: nobody is called by name, the team is told what pages, too", Mend: "to call a person: [[alerts.person]]"})
	default: // right for trying it out, and for nothing else
		out = append(out, ingest.Finding{OK: true, What: "alerts go to standard output only: nobody is woken when somebody may need help",
			Mend: "name a channel and a person: [[alerts.email]] and [[alerts.person]]; docs/alerting.md has it step by step"})
		return out
	}
	if u, err := url.Parse(cfg.pageURL()); err == nil && isLoopback(u.Hostname()) {
		out = append(out, ingest.Finding{OK: true, What: "alerts: their links lead to this machine only, and nobody opens them on a telephone",
			Mend: "write the address that staff's telephones reach as review.url"})
	}
	if len(plan.People) > 0 {
		out = append(out, checkDuty(cfg, plan, now)...)
	}
	if !cfg.watched() {
		out = append(out, ingest.Finding{OK: true, What: "alerts: nobody notices when triage itself is down", Mend: "set up [alerts.heartbeat], or an [[alerts.alertmanager]]"})
	}
	return out
}

// watched reports whether somebody hears that triage is alive.
func (c *config) watched() bool {
	return c.Alerts.Heartbeat.URL != "" || len(c.Alerts.Alertmanager) > 0
}

// testAlerts sends a test on every line there is, once, and says what became of it. No
// address is repeated.
func testAlerts(ctx context.Context, cfg config, out io.Writer) (found []ingest.Finding) {
	s := &service{cfg: cfg, out: out, log: zap.NewNop()}
	channels, err := s.openChannels()
	if err != nil {
		return []ingest.Finding{{What: "alert channels", Mend: err.Error()}}
	}
	plan := cfg.plan(func(string, string, ...any) {})
	duty := &alert.Duty{Channels: channels, From: cfg.Alerts.From, Desk: cfg.onCallPage(), Now: time.Now}
	sent := map[string]bool{}
	test := func(whose string, lines []roster.Line) {
		for _, l := range lines {
			if key := l.Channel + " " + l.To; sent[key] {
				continue
			} else {
				sent[key] = true
			}
			ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
			f := ingest.Finding{OK: true, What: fmt.Sprintf("alerts: a test for %s was taken by %s: ask whether it arrived", whose, l.Channel)}
			if err := duty.Test(ctx, l); err != nil {
				f = ingest.Finding{What: fmt.Sprintf("alerts: %s did not take a test for %s", l.Channel, whose), Mend: strings.TrimSpace(alert.WhyOf(err))}
			}
			cancel()
			found = append(found, f)
		}
	}
	test("whoever watches", cfg.watchers())
	test("the team", plan.Team)
	for _, p := range plan.People {
		test(p.Name, p.Lines)
	}
	return found
}
