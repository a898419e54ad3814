package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"triage/internal/alert"
	"triage/internal/audit"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/settings"
)

// checks are what the pager looks at.
func (s *service) checks(st *opened, desk *respond.Desk, all accounts) []alert.Check {
	return []alert.Check{
		caseCheck{desk, s.cfg.Review.URL}, sendCheck{desk, s.cfg.Review.URL, time.Now}, sourceCheck{all.health(st.Sources), time.Now}, storeCheck{st.bus, time.Now},
		&flowCheck{name: "judging", what: "comments wait and none is judged: see the log", flow: st.Comments.Flow, now: time.Now},
		&flowCheck{name: "opening", what: "judged comments wait and none becomes a case: see the log", flow: st.Verdicts.Flow, now: time.Now},
		&flowCheck{name: "auditing", what: "what was done does not reach the audit: see the log", flow: st.AuditFlow, now: time.Now},
		troubleCheck{"audit", st.Audit.Trouble, &since{now: time.Now}},
		troubleCheck{"retention", st.RetentionTrouble, &since{now: time.Now}},
		settingsCheck{st.Settings, &since{now: time.Now}},
	}
}

// caseCheck says which cases wait for a person, as loudly as their lanes do.
type caseCheck struct {
	desk *respond.Desk
	page string
}

func (caseCheck) Name() string { return "cases" }

// laneWords says what waits in a lane; one that is not here calls nobody ever.
var laneWords = map[respond.Lane]string{
	respond.LaneTakeDown:   "our own reply says too much",
	respond.LaneUrgent:     "somebody may need help now",
	respond.LaneIdentifier: "comment with an identifier",
	respond.LaneOther:      "comment about another person's health",
	respond.LaneClear:      "clear disclosure",
	respond.LaneLook:       "comment that could not be judged",
	respond.LanePossible:   "possible disclosure",
	respond.LaneRoutine:    "comment that is not judged there",
}

var severities = map[respond.Loudness]alert.Severity{
	respond.Pages: alert.Page, respond.Tells: alert.Tell, respond.Hourly: alert.Slow,
}

// A reply of ours that was online for oldReply when it was found was found by looking
// back: all of those are one page, told again after oldAgain, however many there are
// by then. An hour more is little to what has been online for so long, and whoever is
// called a hundred times does not come the hundred-and-first.
const oldReply, oldAgain = 7 * day, 24 * time.Hour

// Look groups what waits by lane and account. What pages is told one by one.
func (k caseCheck) Look(context.Context) ([]alert.Alert, error) {
	found := map[string]*alert.Alert{}
	for c := range k.desk.Lively() {
		severity, calls := severities[k.desk.Loudness(c.Lane)]
		if !calls || !c.Open() {
			continue
		}
		key, link := fmt.Sprintf("cases/%s/%s", c.Lane, c.Comment.Account), k.page+"/"
		since, ours := c.Opened, c.Lane == respond.LaneTakeDown && !c.Comment.Created.IsZero()
		if ours { // since when everybody can read it
			since = c.Comment.Created
		}
		old := ours && c.Opened.Sub(since) > oldReply
		if old {
			key = "cases/take-down/old"
		} else if severity == alert.Page {
			key, link = "cases/"+c.ID(), k.page+"/cases/"+c.ID()
		}
		a, known := found[key]
		if !known {
			a = &alert.Alert{Key: key, Severity: severity, What: laneWords[c.Lane], Where: where(c.Comment), Since: since, Link: link}
			found[key] = a
		}
		if a.Count++; old {
			a.What, a.Where, a.Again = "our own old replies say too much", "", oldAgain
		}
		if since.Before(a.Since) {
			a.Since = since
		}
		if c.Opened.After(a.Latest) {
			a.Latest = c.Opened
		}
	}
	out := make([]alert.Alert, 0, len(found))
	for _, a := range found {
		out = append(out, *a)
	}
	return out, nil
}

func where(c ingest.Comment) string {
	if c.Account == "" {
		return "account not known"
	}
	if c.Account == c.Platform {
		return c.Platform
	}
	return c.Platform + " " + c.Account
}

// sourceCheck says which accounts cannot be read: nobody watches there.
type sourceCheck struct {
	health func() []ingest.Health
	now    func() time.Time
}

func (sourceCheck) Name() string { return "sources" }

// hiccup is how long trouble may last before somebody is told.
const hiccup = time.Minute

// notice is how long before a token ends somebody is told.
const notice = 10 * day

// permit says what will keep an account from being read soon, or keeps it from
// something already.
func (k sourceCheck) permit(h ingest.Health) (out []alert.Alert) {
	at := where(ingest.Comment{Platform: h.Platform, Account: h.Account})
	if left := h.Expires.Sub(k.now()); !h.Expires.IsZero() && left < notice {
		out = append(out, alert.Alert{Key: "sources/" + h.Account + "/expiry", Severity: alert.Tell, Count: 1, Where: at, Since: h.Expires.Add(-notice),
			What: fmt.Sprintf("the account's token ends on %s: connect the account again before that day (triage connect %s)", h.Expires.UTC().Format(time.DateOnly), h.Platform)})
	}
	if len(h.Lacks) > 0 {
		out = append(out, alert.Alert{Key: "sources/" + h.Account + "/permissions", Severity: alert.Tell, Count: len(h.Lacks), Where: at, Since: h.LastOK,
			What: "the account's token lacks a permission: connect the account again and grant " + strings.Join(h.Lacks, ", ")})
	}
	return out
}

func (k sourceCheck) Look(context.Context) ([]alert.Alert, error) {
	var out []alert.Alert
	for _, h := range k.health() {
		out = append(out, k.permit(h)...)
		if n := len(h.Withheld); n > 0 {
			out = append(out, alert.Alert{
				Key: "sources/" + h.Account + "/deletions", Severity: alert.Tell, Count: n,
				What:  "many comments are gone at once, and none was erased: see that the account may still read them; erase by hand what was deleted",
				Where: where(ingest.Comment{Platform: h.Platform, Account: h.Account}), Since: h.LastOK,
			})
		}
		if h.Since.IsZero() || k.now().Sub(h.Since) < hiccup {
			continue
		}
		out = append(out, alert.Alert{
			Key: "sources/" + h.Account, Severity: alert.Tell, What: "comments are not being checked: " + h.Why,
			Where: where(ingest.Comment{Platform: h.Platform, Account: h.Account}), Count: 1, Since: h.Since,
		})
	}
	return out, nil
}

// storeCheck says when the store runs full: nothing is lost then, but nothing
// new is taken either.
type storeCheck struct {
	bus interface{ Fill() (float64, error) }
	now func() time.Time
}

func (storeCheck) Name() string { return "store" }

// fills is from which share of the quota on somebody is told, and is paged.
const fills, full = 0.7, 0.9

func (k storeCheck) Look(context.Context) ([]alert.Alert, error) {
	share, err := k.bus.Fill()
	if err != nil || share < fills {
		return nil, err
	}
	a := alert.Alert{Key: "store/fill", Severity: alert.Tell, Count: 1,
		What: fmt.Sprintf("the store is %.0f %% full: raise data.max_store or free space on the disk", 100*share)}
	if share >= full {
		a.Key, a.Severity = "store/full", alert.Page
	}
	return []alert.Alert{a}, nil
}

// flowCheck says when events wait for a stage and none gets through: cases
// would just stop coming, and nobody would know.
type flowCheck struct {
	name, what string
	// flow is how many events wait and how many got through.
	flow func(context.Context) (waiting, through uint64, err error)
	now  func() time.Time

	through uint64    // when last looked at
	since   time.Time // since when it has not grown while events wait
}

func (k *flowCheck) Name() string { return k.name }

// stuck is how long nothing may get through while events wait.
const stuck = 2 * time.Minute

func (k *flowCheck) Look(ctx context.Context) ([]alert.Alert, error) {
	waiting, through, err := k.flow(ctx)
	if err != nil {
		return nil, err
	}
	if waiting == 0 || through != k.through || k.since.IsZero() {
		k.through, k.since = through, k.now()
		return nil, nil
	}
	if k.now().Sub(k.since) < stuck {
		return nil, nil
	}
	return []alert.Alert{{Key: k.name + "/stuck", Severity: alert.Page, What: k.what, Count: int(waiting), Since: k.since}}, nil
}

// troubleCheck passes on what a part says of itself.
type troubleCheck struct {
	name    string
	trouble func() error
	since   *since
}

func (k troubleCheck) Name() string { return k.name }

func (k troubleCheck) Look(context.Context) ([]alert.Alert, error) {
	err := k.trouble()
	at := k.since.of(err != nil)
	if err == nil {
		return nil, nil
	}
	severity := alert.Tell
	if errors.Is(err, audit.ErrBroken) {
		severity = alert.Page
	}
	return []alert.Alert{{Key: k.name + "/trouble", Severity: severity, What: err.Error(), Count: 1, Since: at}}, nil
}

// settingsCheck says which changed settings this version does not take.
type settingsCheck struct {
	settings interface{ Refused() []settings.Refusal }
	since    *since
}

func (settingsCheck) Name() string { return "settings" }

func (k settingsCheck) Look(context.Context) ([]alert.Alert, error) {
	refused := k.settings.Refused()
	at := k.since.of(len(refused) > 0)
	var out []alert.Alert
	for _, r := range refused {
		out = append(out, alert.Alert{Key: "settings/" + r.Name, Severity: alert.Tell, Count: 1, Since: at,
			What: "the setting " + r.Name + " is not what was set, since this version does not take its value; the configuration's is in force: set it anew"})
	}
	return out, nil
}

// since remembers when something began to be so.
type since struct {
	now func() time.Time
	at  time.Time
}

func (s *since) of(is bool) time.Time {
	switch {
	case !is:
		s.at = time.Time{}
	case s.at.IsZero():
		s.at = s.now()
	}
	return s.at
}
