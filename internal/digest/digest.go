// Package digest writes what nobody is called for: a summary each working morning and a
// report each week, as a letter to the front desk and to whoever answers for privacy. It
// knows when each is due and sends it once.
//
// A letter says lanes, platforms, accounts, counts, ages and clocks, and leads to pages
// that ask for a login. It holds no word that a patient or the staff wrote, no author and
// no link to a platform.
package digest

import (
	"context"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// Letter is a mail to one reader.
type Letter struct {
	// To is her address. It is personal: never in a log or an error.
	To string
	// Subject holds counts only.
	Subject string
	// Text and HTML say the same; HTML loads nothing from anywhere.
	Text, HTML string
	// ID is the same whenever the same letter is tried again, so that a mail server or a
	// reader's program can tell.
	ID string
}

// Kind is which letter it is.
type Kind string

// The letters.
const (
	Morning Kind = "morning" // what waits and what the night brought
	Weekly  Kind = "weekly"  // what became of a week
)

// Issue is one letter that is due.
type Issue struct {
	Kind Kind
	// Now is when it is written, in the practice's zone. Since is from when on a morning
	// summary tells what came. The week of a weekly report is the last one that ended
	// before Now, from Monday to Monday.
	Now, Since time.Time
	// Lang is the reader's language, "en" or "es"; another: "en".
	Lang string
}

// Source is what the letters are written from. What is nil is said to be not known.
type Source struct {
	// Practice is its name, and Page the address of the desk, without a "/" at its end.
	Practice, Page string
	Desk           *respond.Desk
	// Ready says why the desk cannot be looked at now, such as an index that is not full.
	Ready func(context.Context) error
	// Health is how reading each account goes.
	Health func() []ingest.Health
	// Duty knows who is on call and what is wrong now.
	Duty *alert.Duty
	// Calls are the alerts that began before until and were not over at from, or lately
	// over ones too; nil: what Duty remembers, which forgets what is over.
	Calls func(ctx context.Context, from, until time.Time) ([]Call, error)
	// Judged counts the comments of others that were read and judged in the week of a
	// Monday such as "2026-11-16", by UTC, and how many of them opened a case.
	Judged func(ctx context.Context, monday string) (judged, flagged int, known bool, err error)
	// In puts a sentence of ours that another stage said into a language; nil: as it is.
	In func(lang, sentence string) string
	// Log hears why something could not be looked at.
	Log *zap.Logger
}

// Write makes the letter of an issue, without To and ID. It always makes one: what could
// not be looked at is said in it.
func (s *Source) Write(ctx context.Context, i Issue) Letter {
	t := in(i.Lang)
	var p page
	if i.Kind == Weekly {
		p = s.weekly(ctx, i, t)
	} else {
		p = s.morning(ctx, i, t)
	}
	return Letter{Subject: p.subject, Text: p.text(), HTML: p.html()}
}

// looked reports whether the desk can be looked at.
func (s *Source) looked(ctx context.Context) bool {
	if s.Desk == nil {
		return false
	}
	if s.Ready == nil {
		return true
	}
	err := s.Ready(ctx)
	s.unknown("the desk", err)
	return err == nil
}

// unknown logs why something is not known.
func (s *Source) unknown(what string, err error) {
	if err != nil && s.Log != nil {
		s.Log.Warn("could not be looked at for a digest", zap.String("what", what), zap.Error(err))
	}
}

// said is a sentence of another stage in the reader's language; empty where it might
// lead somewhere or to somebody.
func (s *Source) said(t tongue, sentence string) string {
	if !harmless(sentence) {
		return ""
	}
	if s.In != nil {
		return s.In(t.lang, sentence)
	}
	return sentence
}
