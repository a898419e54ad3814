package checks

import (
	"context"
	"fmt"
	"strings"
	"time"

	"triage/internal/alert"
	"triage/internal/ingest"
)

// Sources says which accounts are not being read: nobody watches there. It says so too
// of an account that reports no trouble and is simply silent for longer than is normal
// for it, and of what will keep one from being read soon.
type Sources struct {
	// Health is how reading each account goes, whichever process reads it.
	Health func() []ingest.Health
	// Page is the desk's address.
	Page string
	// Began is when looking began: after a start every account is read, which takes a
	// moment, and silence until then is no news.
	Began time.Time
	// Now is the clock.
	Now func() time.Time
}

// Name implements alert.Check.
func (Sources) Name() string { return "sources" }

const (
	// hiccup is how long trouble may last before somebody is told.
	hiccup = time.Minute
	// An account is silent when it was not read for quietTimes the time that is meant to
	// pass between two looks, and for quietLeast, or quietBackfill while what was written
	// long ago is read.
	quietTimes    = 4
	quietLeast    = 5 * time.Minute
	quietBackfill = 30 * time.Minute
	// A person is called when it lasts for silentPages where our own program is to blame,
	// which she can mend, and for troublePages where the platform refuses, a dead token
	// included: it may wait for the morning, and not for the weekend to end.
	silentPages  = time.Hour
	troublePages = 12 * time.Hour
	// calm is how long an account must be well: after a start it is read first, and only
	// then known to be still in trouble.
	calm = 5 * time.Minute
	// starts is for how long after a start accounts may be silent: less than calm, so that
	// what was known to be wrong before is not over meanwhile.
	starts = 2 * time.Minute
	// notice is how long before a token ends the team is told, once a day.
	notice = 10 * day
	// So many accounts of a platform in trouble, and half of them, are one trouble.
	manyAccounts = 3
)

const whySilent = "no look came to its end for longer than usual; see the log of the process that reads the accounts, and start it anew if it lasts"

// Look implements alert.Check. Its keys are sources/PLATFORM/ACCOUNT, with what is to
// come below them, and sources/PLATFORM for many accounts at once.
func (k Sources) Look(context.Context) ([]alert.Alert, error) {
	var out []alert.Alert
	silent, accounts := map[string][]alert.Alert{}, map[string]int{}
	for _, h := range k.Health() {
		accounts[h.Platform]++
		out = append(out, k.permit(h)...)
		if n := len(h.Withheld); n > 0 {
			out = append(out, k.of(h, "deletions", alert.Alert{Severity: alert.Tell, Count: n, Since: h.LastOK,
				What: "many comments are gone at once, and none was erased: see that the account may still read them; erase by hand what was deleted"}))
		}
		if a, is := k.silence(h); is {
			silent[h.Platform] = append(silent[h.Platform], a)
		}
	}
	for platform, list := range silent {
		out = append(out, list...)
		if len(list) >= manyAccounts && 2*len(list) >= accounts[platform] {
			out = append(out, many(platform, list))
		}
	}
	return out, nil
}

// of completes an alert about an account.
func (k Sources) of(h ingest.Health, below string, a alert.Alert) alert.Alert {
	a.Key = key("sources", h.Platform, h.Account)
	if below != "" {
		a.Key += "/" + below
	}
	a.Where, a.Calm, a.Link = where(h.Platform, h.Account), calm, k.Page+"/"
	return a
}

// notRead begins what is said of an account that is not read.
const notRead = "comments are not being checked: "

// silence says that an account is not being read, and why.
func (k Sources) silence(h ingest.Health) (a alert.Alert, is bool) {
	now, from, why, ours := k.Now(), h.Since, h.Why, h.Stuck
	switch {
	case !from.IsZero():
		is = now.Sub(from) >= hiccup
	case !h.LastOK.IsZero() && now.Sub(h.LastOK) > patience(h) && now.Sub(k.Began) > starts:
		is, from, why, ours = true, h.LastOK, whySilent, true
	}
	a = k.of(h, "", alert.Alert{Severity: alert.Tell, Count: 1, Since: from, What: notRead + why})
	if lasts := now.Sub(from); ours && lasts >= silentPages || lasts >= troublePages {
		a.Severity = alert.Page
	}
	return a, is
}

// patience is for how long it is normal that no look at an account came to its end.
func patience(h ingest.Health) time.Duration {
	least := quietLeast
	if b := h.Backfill; !b.Since.IsZero() && b.Done.IsZero() && b.Why == "" {
		least = quietBackfill
	}
	return max(least, quietTimes*h.Gap)
}

// many is the alert of a platform, as loud as its loudest account.
func many(platform string, list []alert.Alert) alert.Alert {
	a := alert.Alert{Key: key("sources", platform), Severity: alert.Tell, Where: platform, Count: len(list), Since: list[0].Since, Calm: calm, Link: list[0].Link,
		What: "many accounts are not being checked: " + strings.TrimPrefix(list[0].What, notRead)}
	for _, one := range list {
		if one.Since.Before(a.Since) {
			a.Since = one.Since
		}
		if louder(one.Severity, a.Severity) {
			a.Severity = one.Severity
		}
		if one.What != list[0].What {
			a.What = "many accounts are not being checked, for different reasons: see the desk"
		}
	}
	return a
}

// permit says what will keep an account from being read soon, or keeps it from
// something already.
func (k Sources) permit(h ingest.Health) (out []alert.Alert) {
	if left := h.Expires.Sub(k.Now()); !h.Expires.IsZero() && left < notice {
		out = append(out, k.of(h, "expiry", alert.Alert{Severity: alert.Tell, Count: 1, Since: h.Expires.Add(-notice), Again: day,
			What: fmt.Sprintf("the account's token ends on %s: connect the account again before that day (triage connect %s)", h.Expires.UTC().Format(time.DateOnly), h.Platform)}))
	}
	if len(h.Lacks) > 0 {
		out = append(out, k.of(h, "permissions", alert.Alert{Severity: alert.Tell, Count: len(h.Lacks), Since: h.LastOK, Again: day,
			What: "the account's token lacks a permission: connect the account again and grant " + strings.Join(h.Lacks, ", ")}))
	}
	return out
}
