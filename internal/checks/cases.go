package checks

import (
	"context"
	"time"

	"triage/internal/alert"
	"triage/internal/respond"
)

// Cases says which cases wait for a person, as loudly as their lanes call (the alert
// column of the policy's table, respond.Plans). What waits in a lane on an account is
// one alert, also what pages: ten thousand urgent comments are one call, and its Latest
// grows while more come.
type Cases struct {
	Desk *respond.Desk
	// Page is the desk's address.
	Page string
}

// Name implements alert.Check.
func (Cases) Name() string { return "cases" }

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

// A reply of ours that was online for oldReply when it was found was found by looking
// back: all of those are one page, told again after oldAgain, however many there are
// by then. An hour more is little to what has been online for so long, and whoever is
// called a hundred times does not come the hundred-and-first.
const oldReply, oldAgain = 7 * day, day

const day = 24 * time.Hour

// Look implements alert.Check.
func (k Cases) Look(context.Context) ([]alert.Alert, error) {
	found := gathered{}
	for c := range k.Desk.Lively() {
		severity, calls := severities[k.Desk.Loudness(c.Lane)]
		if !calls || !c.Open() {
			continue
		}
		found.add(k.one(c, severity))
	}
	return found.list(), nil
}

// one is the alert of a single case, and where all of its kind are listed.
func (k Cases) one(c *respond.Case, severity alert.Severity) (a alert.Alert, list string) {
	a = alert.Alert{
		Key: key("cases", string(c.Lane), c.Comment.Account), Severity: severity, What: laneWords[c.Lane],
		Where: whereIs(c), Since: c.Placed(), Latest: c.Placed(), Link: toCase(k.Page, c),
	}
	list = toQueue(k.Page, c.Lane, c.Comment.Account)
	if c.Lane != respond.LaneTakeDown || c.Comment.Created.IsZero() {
		return a, list
	}
	a.Since = c.Comment.Created // since when everybody can read it
	if c.Opened.Sub(a.Since) > oldReply {
		a.Key, a.What, a.Where, a.Again = "cases/old-replies", "our own old replies say too much", "", oldAgain
		list = toQueue(k.Page, c.Lane, "")
	}
	return a, list
}
