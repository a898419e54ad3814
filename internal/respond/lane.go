package respond

import "triage/internal/classify"

// Loudness is how a lane calls people.
type Loudness string

// From loud to silent. Tells and pages say that there is a case, where and how
// old; never a word of it.
const (
	Pages  Loudness = "pages"  // a person, through quiet hours, until acknowledged
	Tells  Loudness = "tells"  // the on-call channel at once, grouped
	Hourly Loudness = "hourly" // the on-call channel, once an hour at most
	Digest Loudness = "digest" // in the daily summary
	Silent Loudness = "silent"
)

// Plan is what a lane means: what is suggested and how it alerts.
type Plan struct {
	Loudness Loudness
	Public   bool   // a public reply is suggested
	Private  bool   // a private message beside it, where the platform has one
	Hide     string // reason code for hiding after the reply; "" suggests none
}

// Plans is the right half of the lane table of the policy.
var Plans = map[Lane]Plan{
	LaneTakeDown:   {Loudness: Pages},
	LaneUrgent:     {Loudness: Pages, Public: true, Private: true},
	LaneLook:       {Loudness: Hourly},
	LaneRoutine:    {Loudness: Silent, Public: true},
	LaneIdentifier: {Loudness: Tells, Public: true, Private: true, Hide: "identifier"},
	LaneOther:      {Loudness: Tells, Public: true, Private: true, Hide: "other-person"},
	LaneClear:      {Loudness: Tells, Public: true, Private: true},
	LanePossible:   {Loudness: Digest, Public: true},
}

// Lanes lists all lanes in the order in which they want attention.
var Lanes = []Lane{LaneTakeDown, LaneUrgent, LaneIdentifier, LaneOther, LaneClear, LaneLook, LanePossible, LaneRoutine}

// place is the left half of the lane table: the first row that fits wins.
var placement = []struct {
	fits func(classify.Judgement) bool
	lane Lane
	low  bool
}{
	{fits: func(j classify.Judgement) bool { return j.Urgent }, lane: LaneUrgent},
	{fits: func(j classify.Judgement) bool { return !j.Judged && j.WhyNot == classify.NotMode }, lane: LaneRoutine},
	{fits: func(j classify.Judgement) bool { return !j.Judged }, lane: LaneLook},
	{fits: func(j classify.Judgement) bool { return j.Identifier }, lane: LaneIdentifier},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Clear && aboutAnother(j.Subject) }, lane: LaneOther},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Clear }, lane: LaneClear},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Possible && j.Ask != classify.AsksNothing }, lane: LanePossible},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Possible }, lane: LanePossible, low: true},
	{fits: func(j classify.Judgement) bool { return j.Ask == classify.AsksOwnCare }, lane: LanePossible},
}

func aboutAnother(s classify.Subject) bool {
	return s == classify.Family || s == classify.Other
}

// Place finds the lane of a judged comment of somebody else; ok is false when
// it opens no case. Low marks a case that waits behind the others of its lane.
func Place(j classify.Judgement) (lane Lane, low, ok bool) {
	for _, row := range placement {
		if row.fits(j) {
			return row.lane, row.low, true
		}
	}
	return "", false, false
}
