package checks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"triage/internal/alert"
	"triage/internal/respond"
)

// Limits are how long a case may wait for a person.
type Limits struct {
	// Tell is after what time the team is told once more, and Page after what time a
	// person is called.
	Tell, Page time.Duration
}

// DefaultLimits is how long a case of a lane may wait. What names a person or speaks of
// somebody who did not write it cannot wait for the end of a surgery's day; what people
// say of themselves may wait over a meal or a round of visits. The other lanes are only
// looked at where the practice raised them so that they tell. A lane that pages is not
// here: the pager repeats a page until somebody comes.
var DefaultLimits = map[respond.Lane]Limits{
	respond.LaneIdentifier: {time.Hour, 6 * time.Hour},
	respond.LaneOther:      {time.Hour, 6 * time.Hour},
	respond.LaneClear:      {2 * time.Hour, 12 * time.Hour},
	respond.LaneLook:       {4 * time.Hour, day},
	respond.LanePossible:   {4 * time.Hour, day},
	respond.LaneRoutine:    {4 * time.Hour, day},
}

// The bounds of what a practice may set: sooner than soonest the team still reads what it
// was told first, and nothing may wait so long that it is as good as switched off.
const (
	soonest                  = 10 * time.Minute
	longestTell, longestPage = day, longestNight
)

// Check says what is wrong with limits that a practice sets for a lane, and what to write.
func (l Limits) Check(lane respond.Lane) error {
	switch _, bounded := DefaultLimits[lane]; {
	case lane == respond.LaneUrgent, lane == respond.LaneTakeDown:
		return fmt.Errorf("%s calls somebody at once and again until she comes, which cannot be put off: take it out", lane)
	case !bounded:
		return fmt.Errorf("%q is no lane in which cases wait for a person: write one of %s", lane, boundedLanes())
	case l.Tell < soonest || l.Tell > longestTell:
		return errors.New("after what time the team is told once more is out of range: write 10m to 24h")
	case l.Page <= l.Tell || l.Page > longestPage:
		return errors.New("after what time a person is called is out of range: write more than until the team is told, and at most 72h")
	}
	return nil
}

func boundedLanes() string {
	var names []string
	for _, lane := range slices.Sorted(maps.Keys(DefaultLimits)) {
		names = append(names, string(lane))
	}
	return strings.Join(names, ", ")
}

// Waiting says which cases of the lanes that tell have waited longer than they may: the
// team was told when they came, and nobody has decided.
type Waiting struct {
	Desk *respond.Desk
	// Page is the desk's address.
	Page string
	// Limits are by lane; nil: DefaultLimits. A lane that is not in it may wait for ever.
	Limits map[respond.Lane]Limits
	// Night is until when, at a moment, nobody is to be woken for what can wait until
	// then; zero: the moment is no such time. A person who would be called at night is
	// called when it ends. nil: there is no night.
	Night func(time.Time) time.Time
	// Now is the clock.
	Now func() time.Time
}

// Name implements alert.Check.
func (Waiting) Name() string { return "waiting" }

// lateWords says what has waited too long in a lane.
var lateWords = map[respond.Lane]string{
	respond.LaneIdentifier: "nobody has decided on a comment with an identifier",
	respond.LaneOther:      "nobody has decided on a comment about another person's health",
	respond.LaneClear:      "nobody has decided on a clear disclosure",
	respond.LaneLook:       "nobody has looked at a comment that could not be judged",
	respond.LanePossible:   "nobody has decided on a possible disclosure",
	respond.LaneRoutine:    "nobody has decided on a comment that is not judged there",
}

// Look implements alert.Check.
func (k Waiting) Look(context.Context) ([]alert.Alert, error) {
	limits := k.Limits
	if limits == nil {
		limits = DefaultLimits
	}
	found, now := gathered{}, k.Now()
	for c := range k.Desk.Lively() {
		limit, bounded := limits[c.Lane]
		if !bounded || k.Desk.Loudness(c.Lane) != respond.Tells || !c.Open() {
			continue
		}
		from := waitsSince(c)
		if now.Sub(from) < limit.Tell {
			continue
		}
		severity := alert.Tell
		if !now.Before(morning(k.Night, from.Add(limit.Page))) {
			severity = alert.Page
		}
		found.add(alert.Alert{
			Key: key("waiting", string(c.Lane), c.Comment.Account), Severity: severity, What: lateWords[c.Lane],
			Where: whereIs(c), Since: from, Latest: from, Link: toCase(k.Page, c),
		}, toQueue(k.Page, c.Lane, c.Comment.Account))
	}
	return found.list(), nil
}

// waitsSince is since when a case has waited for a person: what came back to her, such
// as a reply that the platform refused, since it did.
func waitsSince(c *respond.Case) time.Time {
	if c.State() == respond.Waiting {
		return c.Placed()
	}
	return c.LastStep()
}

// longestNight is how long a practice may be closed until somebody is called all the
// same: over a long weekend, not over a holiday of two weeks.
const longestNight = 3 * day

// morning is when what is due at that time is done by people who sleep at night.
func morning(night func(time.Time) time.Time, due time.Time) time.Time {
	if night == nil {
		return due
	}
	until := night(due)
	if latest := due.Add(longestNight); until.After(latest) {
		return latest
	}
	if until.After(due) {
		return until
	}
	return due
}
