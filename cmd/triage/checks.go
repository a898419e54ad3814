package main

import (
	"context"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/checks"
)

// checks are what the pager looks at. duty has the channels and how they do.
func (s *service) checks(p workings, duty *alert.Duty) []alert.Check {
	desk, page, now := p.desk, s.cfg.pageURL(), time.Now
	health := p.accounts.health(p.Sources)
	asleep := night(duty.Base)
	decided := func(since time.Time) int {
		d := p.board.Since(since)
		return d.Answered + d.Dismissed
	}
	flow := func(stage string, count func(context.Context) (waiting, through uint64, err error)) alert.Check {
		return &checks.Flow{Stage: stage, Count: count, Now: now}
	}
	all := []alert.Check{
		checks.Cases{Desk: desk, Page: page},
		s.waiting(p, asleep),
		checks.Windows{Desk: desk, Page: page, Night: asleep, Now: now},
		checks.Sending{Desk: desk, Page: page, Now: now},
		checks.Queue{Desk: desk, Page: page, Decided: decided, Now: now},
		&checks.Dead{Desk: desk, Page: page},
		checks.Sources{Health: health, Page: page, Began: now(), Now: now},
		&checks.Bus{Engine: p.bus, Now: now},
		&checks.Store{Engine: p.bus, Now: now},
		checks.Disk{Dir: p.dir},
		&checks.Clock{Health: health, Now: now},
		flow(checks.Judging, p.Comments.Flow),
		flow(checks.Opening, p.Verdicts.Flow),
		flow(checks.Auditing, p.AuditFlow),
		&checks.Trouble{Part: "audit", Says: p.Audit.Trouble, Now: now},
		&checks.Trouble{Part: "retention", Says: p.RetentionTrouble, Words: checks.StillKept, Now: now},
		&checks.Settings{Refused: p.Settings.Refused, Now: now},
		checks.Channels{Channels: duty.Channels, States: duty.States, Now: now},
	}
	if p.digests != nil {
		all = append(all, &checks.Trouble{Part: "digest", Says: p.digests.Trouble, Now: now})
	}
	return all
}

// waiting looks for what waits longer than the practice lets it.
func (s *service) waiting(p workings, asleep func(time.Time) time.Time) checks.Waiting {
	limits := s.cfg.limits(func(string, string, ...any) {}) // looked at when it was loaded
	return checks.Waiting{Desk: p.desk, Page: s.cfg.pageURL(), Limits: limits, Night: asleep, Now: time.Now}
}

// night is when nobody is woken for what can wait until the morning: the team's quiet
// hours, or else when most people sleep.
func night(plan roster.Plan) func(time.Time) time.Time {
	if plan.Quiet.None() {
		plan.Quiet, _ = roster.ParseHours([]string{"22:00-07:00"})
	}
	return func(at time.Time) time.Time {
		until, _ := plan.QuietUntil(at)
		return until
	}
}
