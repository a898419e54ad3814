package checks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/checks"
	"triage/internal/ingest"
	"triage/internal/respond"
)

func casesOf(cases ...respond.Case) checks.Cases {
	return checks.Cases{Desk: deskOf(cases...), Page: "http://desk"}
}

// TestLanesCallAsThePolicySays is the alert column of the policy's table.
func TestLanesCallAsThePolicySays(t *testing.T) {
	want := map[respond.Lane]alert.Severity{
		respond.LaneTakeDown: alert.Page, respond.LaneUrgent: alert.Page,
		respond.LaneIdentifier: alert.Tell, respond.LaneOther: alert.Tell, respond.LaneClear: alert.Tell,
		respond.LaneLook:     alert.Slow,
		respond.LanePossible: "", respond.LaneRoutine: "", respond.LaneSample: "", // in the digest, and nowhere
	}
	for _, lane := range respond.Lanes {
		severity, listed := want[lane]
		if !listed {
			t.Errorf("the lane %s is not in this table", lane)
		}
		k := casesOf(oneCase("aaaaaaaaaaaaaaaaaaaa", lane, "cedar-2", noon))
		a := calls(t, k, "cases/"+string(lane)+"/cedar-2", severity)
		if severity != "" && (a.Link != "http://desk/cases/aaaaaaaaaaaaaaaaaaaa" || a.Count != 1 || a.Where != "facebook cedar-2") {
			t.Errorf("%s: %+v", lane, a)
		}
	}
}

// A lane that the practice raised calls as loudly as it says; the sample never does.
func TestRaisedLanesCall(t *testing.T) {
	k := casesOf(oneCase("a", respond.LanePossible, "cedar", noon), oneCase("b", respond.LaneLook, "cedar", noon),
		oneCase("c", respond.LaneRoutine, "cedar", noon), oneCase("d", respond.LaneSample, "cedar", noon))
	raised(k.Desk, map[respond.Lane]respond.Loudness{respond.LanePossible: respond.Tells, respond.LaneLook: respond.Pages, respond.LaneSample: respond.Pages})
	got := look(t, k)
	if len(got) != 2 || got["cases/possible/cedar"].Severity != alert.Tell || got["cases/look/cedar"].Severity != alert.Page {
		t.Errorf("it calls %+v", got)
	}
}

// What waits in a lane on an account is one alert, whether it tells or pages, with the
// oldest and the newest.
func TestCasesAreGroupedByLaneAndAccount(t *testing.T) {
	found := look(t, casesOf(
		oneCase("a", respond.LaneClear, "facebook", noon),
		oneCase("b", respond.LaneClear, "facebook", ago(time.Hour)),
		oneCase("c", respond.LaneClear, "facebook", noon.Add(time.Hour)),
		oneCase("d", respond.LaneClear, "other", noon),
		oneCase("e", respond.LaneIdentifier, "facebook", noon),
		oneCase("f", respond.LaneUrgent, "facebook", noon),
		oneCase("g", respond.LaneUrgent, "facebook", ago(time.Minute)),
		oneCase("h", respond.LaneLook, "", noon), // of which nothing but the id is known
		oneCase("i", respond.LaneLook, "", noon),
	))
	for key, want := range map[string]alert.Alert{
		"cases/clear/facebook":      {Count: 3, Since: ago(time.Hour), Latest: noon.Add(time.Hour), Where: "facebook", Link: "http://desk/?account=facebook&lane=clear"},
		"cases/clear/other":         {Count: 1, Since: noon, Latest: noon, Where: "facebook other", Link: "http://desk/cases/d"},
		"cases/identifier/facebook": {Count: 1, Since: noon, Latest: noon, Where: "facebook", Link: "http://desk/cases/e"},
		"cases/urgent/facebook":     {Count: 2, Since: ago(time.Minute), Latest: noon, Where: "facebook", Link: "http://desk/?account=facebook&lane=urgent"},
		"cases/look/_":              {Count: 2, Since: noon, Latest: noon, Where: "account not known", Link: "http://desk/?lane=look"},
	} {
		a := found[key]
		if a.Count != want.Count || !a.Since.Equal(want.Since) || !a.Latest.Equal(want.Latest) || a.Where != want.Where || a.Link != want.Link {
			t.Errorf("%s: %+v, want %+v", key, a, want)
		}
		delete(found, key)
	}
	if len(found) > 0 {
		t.Errorf("besides: %+v", found)
	}
}

// Ten thousand urgent comments are one call, which grows as long as more come.
func TestStormIsOneAlert(t *testing.T) {
	var storm []respond.Case
	for i := range 10_000 {
		storm = append(storm, oneCase(fmt.Sprintf("case%d", i), respond.LaneUrgent, "cedar-2", noon.Add(time.Duration(i)*time.Millisecond)))
	}
	half := calls(t, casesOf(storm[:5000]...), "cases/urgent/cedar-2", alert.Page)
	all := calls(t, casesOf(storm...), "cases/urgent/cedar-2", alert.Page)
	if half.Count != 5000 || all.Count != 10_000 || !all.Latest.After(half.Latest) || !all.Since.Equal(noon) {
		t.Errorf("first %+v, then %+v", half, all)
	}
}

// Our own failing reply is online since everybody can read it; many that were found by
// looking back are one page a day.
func TestOwnRepliesCallWithTheirClock(t *testing.T) {
	own := func(id string, created, opened time.Time) respond.Case {
		c := oneCase(id, respond.LaneTakeDown, "cedar-2", opened)
		c.Comment.Own, c.Comment.Created = true, created
		return c
	}
	a := calls(t, casesOf(own("a", ago(7*24*time.Hour), noon)), "cases/take-down/cedar-2", alert.Page)
	if !a.Since.Equal(ago(7 * 24 * time.Hour)) {
		t.Errorf("online for a week to the second: %+v", a)
	}
	a = calls(t, casesOf(own("a", ago(7*24*time.Hour+time.Second), noon), own("b", ago(1000*24*time.Hour), noon)), "cases/old-replies", alert.Page)
	if a.Count != 2 || a.Where != "" || a.Again != 24*time.Hour || !a.Since.Equal(ago(1000*24*time.Hour)) || a.Link != "http://desk/?lane=take-down" {
		t.Errorf("old ones: %+v", a)
	}
}

// What nobody need decide any more calls nobody; what came back to a person does.
func TestDecidedCasesCallNobody(t *testing.T) {
	back := []respond.State{respond.Waiting, respond.Manual, respond.Failed}
	for _, state := range []respond.State{respond.Waiting, respond.Approved, respond.Sending, respond.Sent, respond.Failed,
		respond.Manual, respond.Withdrawn, respond.Dismissed, respond.Recorded} {
		for _, lane := range []respond.Lane{respond.LaneUrgent, respond.LaneClear} {
			found := look(t, casesOf(oneCase("a", lane, "facebook", noon, respond.Action{Kind: ingest.Reply, State: state})))
			if got, want := len(found) == 1, slices.Contains(back, state); got != want {
				t.Errorf("a case of lane %s that is %s calls: %v, want %v", lane, state, got, want)
			}
		}
	}
}

// What waits longer than it may is told once more, and then a person is called; of what
// pages the pager says it again by itself.
func TestWaitingEscalates(t *testing.T) {
	hour := time.Hour
	for _, tt := range []struct {
		lane respond.Lane
		age  time.Duration
		want alert.Severity
	}{
		{respond.LaneClear, 2*hour - time.Second, ""}, {respond.LaneClear, 2 * hour, alert.Tell},
		{respond.LaneClear, 12*hour - time.Second, alert.Tell}, {respond.LaneClear, 12 * hour, alert.Page},
		{respond.LaneIdentifier, hour - time.Second, ""}, {respond.LaneIdentifier, hour, alert.Tell}, {respond.LaneIdentifier, 6 * hour, alert.Page},
		{respond.LaneOther, hour, alert.Tell}, {respond.LaneOther, 6*hour - time.Second, alert.Tell}, {respond.LaneOther, 6 * hour, alert.Page},
		{respond.LaneLook, 4*hour - time.Second, ""}, {respond.LaneLook, 4 * hour, alert.Tell}, {respond.LaneLook, 24 * hour, alert.Page}, // raised
		{respond.LanePossible, 1000 * hour, ""}, {respond.LaneRoutine, 1000 * hour, ""}, {respond.LaneSample, 1000 * hour, ""}, // call nobody
		{respond.LaneUrgent, 1000 * hour, ""}, {respond.LaneTakeDown, 1000 * hour, ""}, // page already
	} {
		desk := raised(deskOf(oneCase("a", tt.lane, "cedar-2", ago(tt.age))), map[respond.Lane]respond.Loudness{respond.LaneLook: respond.Tells})
		a := calls(t, checks.Waiting{Desk: desk, Page: "http://desk", Now: atNoon}, "waiting/"+string(tt.lane)+"/cedar-2", tt.want)
		if tt.want != "" && (!a.Since.Equal(ago(tt.age)) || a.Link != "http://desk/cases/a") {
			t.Errorf("%s for %v: %+v", tt.lane, tt.age, a)
		}
	}
}

// A practice may give people more time or less, and neither so much that nobody is called
// nor any to what pages.
func TestLimitsHaveBounds(t *testing.T) {
	const hour = time.Hour
	for lane, l := range checks.DefaultLimits {
		if err := l.Check(lane); err != nil {
			t.Errorf("the default of %s: %v", lane, err)
		}
	}
	for _, tt := range []struct {
		lane       respond.Lane
		tell, page time.Duration
		want       string
	}{
		{respond.LaneClear, 10 * time.Minute, 11 * time.Minute, ""}, {respond.LaneIdentifier, 24 * hour, 72 * hour, ""},
		{respond.LaneClear, 10*time.Minute - 1, hour, "write 10m to 24h"}, {respond.LaneClear, 24*hour + 1, 48 * hour, "write 10m to 24h"},
		{respond.LaneClear, hour, hour, "more than until the team is told"}, {respond.LaneClear, hour, 0, "more than until the team is told"},
		{respond.LaneClear, hour, 72*hour + 1, "at most 72h"}, {respond.LaneUrgent, hour, 2 * hour, "urgent calls somebody at once"},
		{respond.LaneTakeDown, hour, 2 * hour, "take-down calls somebody at once"}, {respond.LaneSample, hour, 2 * hour, "write one of clear, identifier, look, possible, routine, someone-else"},
	} {
		err := checks.Limits{Tell: tt.tell, Page: tt.page}.Check(tt.lane)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %v %v: %v, want %q", tt.lane, tt.tell, tt.page, err, tt.want)
		}
	}
}

// Many that wait are one alert, as loud as the one that waits longest.
func TestWaitingIsGrouped(t *testing.T) {
	desk := deskOf(oneCase("a", respond.LaneClear, "cedar-2", ago(3*time.Hour)), oneCase("b", respond.LaneClear, "cedar-2", ago(13*time.Hour)),
		oneCase("c", respond.LaneClear, "cedar-2", ago(time.Hour)))
	a := calls(t, checks.Waiting{Desk: desk, Page: "http://desk", Now: atNoon}, "waiting/clear/cedar-2", alert.Page)
	if a.Count != 2 || !a.Since.Equal(ago(13*time.Hour)) || !a.Latest.Equal(ago(3*time.Hour)) || a.Link != "http://desk/?account=cedar-2&lane=clear" {
		t.Errorf("%+v", a)
	}
	own := checks.Waiting{Desk: desk, Now: atNoon, Limits: map[respond.Lane]checks.Limits{respond.LaneClear: {Tell: 24 * time.Hour, Page: 48 * time.Hour}}}
	calls(t, own, "", "") // the practice's own limits
}

// Nobody is woken for what can wait until the night is over; what called before it goes
// on calling. Nobody waits for what the machine still tries.
func TestWaitingLetsPeopleSleep(t *testing.T) {
	morning := noon.Add(-5 * time.Hour) // 07:00
	night := func(t time.Time) time.Time {
		if t.Before(morning) && !t.Before(morning.Add(-9*time.Hour)) {
			return morning
		}
		return time.Time{}
	}
	for age, at := range map[time.Duration]struct {
		now  time.Time
		want alert.Severity
	}{
		13 * time.Hour: {morning.Add(-time.Second), alert.Tell}, // due at 06:00 and an hour ago, at night
		12 * time.Hour: {morning, alert.Page},                   // due in the night, and it is over
		21 * time.Hour: {morning.Add(-time.Second), alert.Page}, // due yesterday at 21:59:59
	} {
		desk := deskOf(oneCase("a", respond.LaneClear, "cedar-2", at.now.Add(-age)))
		calls(t, checks.Waiting{Desk: desk, Night: night, Now: func() time.Time { return at.now }}, "waiting/clear/cedar-2", at.want)
	}
	closed := func(time.Time) time.Time { return noon.AddDate(0, 0, 14) }
	for age, want := range map[time.Duration]alert.Severity{12*time.Hour + 3*24*time.Hour - time.Second: alert.Tell, 12*time.Hour + 3*24*time.Hour: alert.Page} {
		desk := deskOf(oneCase("a", respond.LaneClear, "cedar-2", ago(age)))
		calls(t, checks.Waiting{Desk: desk, Night: closed, Now: atNoon}, "waiting/clear/cedar-2", want)
	}
	failed := oneCase("a", respond.LaneClear, "cedar-2", ago(100*time.Hour), respond.Action{Kind: ingest.Reply, State: respond.Failed})
	failed.Note(ago(time.Hour), respond.Machine, "failed", "")
	calls(t, checks.Waiting{Desk: deskOf(failed), Now: atNoon}, "", "") // it came back an hour ago
	going := oneCase("a", respond.LaneClear, "cedar-2", ago(100*time.Hour), respond.Action{Kind: ingest.Reply, State: respond.Approved})
	calls(t, checks.Waiting{Desk: deskOf(going), Now: atNoon}, "", "")
}
