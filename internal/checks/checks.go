// Package checks looks at how things stand and says what is wrong now: which cases wait
// for a person, what is not read, what does not get through, what runs full. What it
// says is sentences of ours with what to do, never a word that somebody wrote. It calls
// nobody and remembers little: that is the pager's.
package checks

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"triage/internal/alert"
	"triage/internal/ingest"
	"triage/internal/respond"
)

var severities = map[respond.Loudness]alert.Severity{
	respond.Pages: alert.Page, respond.Tells: alert.Tell, respond.Hourly: alert.Slow,
}

// Severity is how loudly the pager calls for a lane of this loudness; calls is false
// where it calls nobody: the digest, and what is silent.
func Severity(l respond.Loudness) (s alert.Severity, calls bool) {
	s, calls = severities[l]
	return s, calls
}

var volume = []alert.Severity{alert.Slow, alert.Tell, alert.Page} // from quiet to loud

func louder(a, b alert.Severity) bool { return slices.Index(volume, a) > slices.Index(volume, b) }

// gathered are alerts by their keys: what is wrong with many things in the same way is
// one alert, or a storm would be ten thousand.
type gathered map[string]*alert.Alert

// add counts one thing more under a.Key. a.Link leads to it while it is the only one,
// list to all of them. The loudest says what it is.
func (g gathered) add(a alert.Alert, list string) {
	old, known := g[a.Key]
	if !known {
		a.Count = 1
		g[a.Key] = &a
		return
	}
	old.Count++
	old.Link = list
	if a.Since.Before(old.Since) {
		old.Since = a.Since
	}
	if a.Latest.After(old.Latest) {
		old.Latest = a.Latest
	}
	if louder(a.Severity, old.Severity) {
		old.Severity, old.What = a.Severity, a.What
	}
}

// list gives them in the order of their keys.
func (g gathered) list() []alert.Alert {
	out := make([]alert.Alert, 0, len(g))
	for _, a := range g {
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b alert.Alert) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// where names an account as people do.
func where(platform, account string) string {
	switch account {
	case "":
		return "account not known"
	case platform:
		return platform
	}
	return platform + " " + account
}

// whereIs is where the comment of a case was written.
func whereIs(c *respond.Case) string { return where(c.Comment.Platform, c.Comment.Account) }

// key joins the parts of a key. Accounts have names that the store takes; what is not
// known is "_", which no account is called.
func key(parts ...string) string {
	for i, p := range parts {
		parts[i] = keyPart(p)
	}
	return strings.Join(parts, "/")
}

func keyPart(s string) string {
	if s == "" {
		return "_"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '=', r == '.':
			return r
		}
		return '_'
	}, s)
}

// toCase and toQueue are pages of the desk, which ask for a login.
func toCase(page string, c *respond.Case) string { return page + "/cases/" + c.ID() }

// toQueue lists the cases of a lane on an account; empty: of all.
func toQueue(page string, lane respond.Lane, account string) string {
	q := url.Values{"lane": {string(lane)}}
	if account != "" {
		q.Set("account", account)
	}
	return page + "/?" + q.Encode()
}

// private reports whether an account takes private messages from here.
func private(d *respond.Desk, account string) bool {
	actor := d.Accounts[account].Actor
	return actor != nil && actor.Capabilities().Can(ingest.Private)
}

// since remembers when something began to be so.
type since struct{ at time.Time }

func (s *since) of(is bool, now time.Time) time.Time {
	switch {
	case !is:
		s.at = time.Time{}
	case s.at.IsZero():
		s.at = now
	}
	return s.at
}
