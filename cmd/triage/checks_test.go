package main

import (
	"context"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// pile is a Cases that only lists.
type pile struct {
	respond.Cases
	cases []respond.Case
}

func (p pile) All() iter.Seq[*respond.Case] {
	return func(yield func(*respond.Case) bool) {
		for i := range p.cases {
			if !yield(&p.cases[i]) {
				return
			}
		}
	}
}

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

func oneCase(id string, lane respond.Lane, account string, opened time.Time, actions ...respond.Action) respond.Case {
	return respond.Case{Lane: lane, Opened: opened, Actions: actions,
		Comment: ingest.Comment{ID: id, Platform: "facebook", Account: account, Content: ingest.Content{Text: "zzcanaryzz", Author: "zzcanaryzz"}}}
}

// bucketKey is what NATS takes as a key.
var bucketKey = regexp.MustCompile(`^[-/_=\.a-zA-Z0-9]+$`)

// look returns what the check says of these cases, by key.
func look(t *testing.T, cases ...respond.Case) map[string]alert.Alert {
	t.Helper()
	found, err := caseCheck{&respond.Desk{Cases: pile{cases: cases}}, "http://desk"}.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return byKey(t, caseCheck{}.Name(), found)
}

func byKey(t *testing.T, check string, found []alert.Alert) map[string]alert.Alert {
	t.Helper()
	out := map[string]alert.Alert{}
	for _, a := range found {
		if !bucketKey.MatchString(a.Key) || !strings.HasPrefix(a.Key, check+"/") {
			t.Errorf("%q is no key of the check %s", a.Key, check)
		}
		if said := (alert.Message{Alert: a, At: noon}).String(); strings.Contains(said, "zzcanaryzz") || a.What == "" {
			t.Errorf("the alert says %q", said)
		}
		if _, twice := out[a.Key]; twice {
			t.Errorf("two alerts under %q", a.Key)
		}
		out[a.Key] = a
	}
	return out
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
		found := look(t, oneCase("aaaaaaaaaaaaaaaaaaaa", lane, "cedar-2", noon))
		if severity == "" && len(found) == 0 {
			continue
		}
		key, link := "cases/"+string(lane)+"/cedar-2", "http://desk/"
		if severity == alert.Page {
			key, link = "cases/aaaaaaaaaaaaaaaaaaaa", "http://desk/cases/aaaaaaaaaaaaaaaaaaaa"
		}
		a, ok := found[key]
		if !ok || len(found) != 1 || a.Severity != severity || a.Link != link || a.Count != 1 || a.Where != "facebook cedar-2" {
			t.Errorf("%s: %+v, want one of severity %q under %s with %s", lane, found, severity, key, link)
		}
	}
}

func TestWhatTellsIsGroupedAndWhatPagesIsNot(t *testing.T) {
	found := look(t,
		oneCase("a", respond.LaneClear, "facebook", noon),
		oneCase("b", respond.LaneClear, "facebook", noon.Add(-time.Hour)),
		oneCase("c", respond.LaneClear, "facebook", noon.Add(time.Hour)),
		oneCase("d", respond.LaneClear, "other", noon),
		oneCase("e", respond.LaneIdentifier, "facebook", noon),
		oneCase("f", respond.LaneUrgent, "facebook", noon),
		oneCase("g", respond.LaneUrgent, "facebook", noon),
	)
	a := found["cases/clear/facebook"]
	if a.Count != 3 || !a.Since.Equal(noon.Add(-time.Hour)) || !a.Latest.Equal(noon.Add(time.Hour)) || a.Where != "facebook" {
		t.Errorf("the group is %+v", a)
	}
	for key, count := range map[string]int{"cases/clear/other": 1, "cases/identifier/facebook": 1, "cases/f": 1, "cases/g": 1} {
		if found[key].Count != count {
			t.Errorf("%s counts %d, want %d", key, found[key].Count, count)
		}
	}
	if len(found) != 5 {
		t.Errorf("%d alerts, want 5: %v", len(found), found)
	}
}

// What nobody need decide any more calls nobody; what came back to a person does.
func TestDecidedCasesCallNobody(t *testing.T) {
	calls := []respond.State{respond.Waiting, respond.Manual, respond.Failed}
	for _, state := range []respond.State{respond.Waiting, respond.Approved, respond.Sending, respond.Sent, respond.Failed,
		respond.Manual, respond.Withdrawn, respond.Dismissed, respond.Recorded} {
		for _, lane := range []respond.Lane{respond.LaneUrgent, respond.LaneClear} {
			found := look(t, oneCase("a", lane, "facebook", noon, respond.Action{Kind: ingest.Reply, State: state}))
			if got, want := len(found) == 1, slices.Contains(calls, state); got != want {
				t.Errorf("a case of lane %s that is %s calls: %v, want %v", lane, state, got, want)
			}
		}
	}
}

func TestSilentSourceIsToldAfterAHiccup(t *testing.T) {
	why := "the Page's token has expired: connect it again"
	health := func(since time.Time) []ingest.Health {
		return []ingest.Health{{Platform: "facebook", Account: "cedar-2", Since: since, Why: why, LastOK: noon},
			{Platform: "file", Account: "file", LastOK: noon}, {Platform: "file", Account: "fresh"}}
	}
	for name, tt := range map[string]struct {
		since time.Time
		tells bool
	}{
		"well":     {time.Time{}, false},
		"a hiccup": {noon.Add(-hiccup + time.Second), false},
		"a minute": {noon.Add(-hiccup), true},
		"a day":    {noon.Add(-24 * time.Hour), true},
	} {
		found, err := sourceCheck{func() []ingest.Health { return health(tt.since) }, func() time.Time { return noon }}.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		a, told := byKey(t, sourceCheck{}.Name(), found)["sources/cedar-2"]
		if told != tt.tells || len(found) > 1 {
			t.Errorf("%s: told %v, want %v: %v", name, told, tt.tells, found)
		}
		if told && (a.Severity != alert.Tell || !strings.Contains(a.What, why) || a.Where != "facebook cedar-2" || !a.Since.Equal(tt.since)) {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestStageThatTakesNothingIsPaged(t *testing.T) {
	clock := noon
	var waiting, through uint64
	k := &flowCheck{name: "judging", what: "stuck", now: func() time.Time { return clock },
		flow: func(context.Context) (uint64, uint64, error) { return waiting, through, nil }}
	paged := func() bool {
		t.Helper()
		found, err := k.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return byKey(t, "judging", found)["judging/stuck"].Severity == alert.Page
	}
	for i, tt := range []struct {
		waiting, through uint64
		after            time.Duration
		paged            bool
	}{
		{0, 10, time.Hour, false}, // nothing waits
		{5, 10, time.Minute, false},
		{9, 10, stuck, true},      // the same ones wait, and more
		{9, 10, time.Hour, true},  // still
		{8, 12, time.Hour, false}, // it goes on
		{8, 12, stuck, true},
		{0, 20, time.Minute, false},
	} {
		waiting, through, clock = tt.waiting, tt.through, clock.Add(tt.after)
		if got := paged(); got != tt.paged {
			t.Errorf("look %d: paged %v, want %v", i, got, tt.paged)
		}
	}
}

// A token that ends is told of days before, once, and so is what it lacks.
func TestTokensAreToldOfBeforeTheyEnd(t *testing.T) {
	for _, tt := range []struct {
		name    string
		expires time.Time
		lacks   []string
		want    []string
	}{
		{"never ends", time.Time{}, nil, nil},
		{"ends later", noon.Add(notice + time.Hour), nil, nil},
		{"ends soon", noon.Add(notice - time.Hour), nil, []string{"sources/cedar-2/expiry"}},
		{"has ended", noon.Add(-time.Hour), nil, []string{"sources/cedar-2/expiry"}},
		{"lacks something", time.Time{}, []string{"pages_messaging"}, []string{"sources/cedar-2/permissions"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := ingest.Health{Platform: "facebook", Account: "cedar-2", LastOK: noon, Expires: tt.expires, Lacks: tt.lacks}
			found, err := sourceCheck{func() []ingest.Health { return []ingest.Health{h} }, func() time.Time { return noon }}.Look(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			told := byKey(t, sourceCheck{}.Name(), found)
			if len(told) != len(tt.want) {
				t.Fatalf("told %v", found)
			}
			for _, key := range tt.want {
				if a := told[key]; a.Severity != alert.Tell || a.Where != "facebook cedar-2" || a.Since.IsZero() {
					t.Errorf("%s: %+v", key, a)
				}
			}
		})
	}
}
