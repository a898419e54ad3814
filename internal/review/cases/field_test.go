package cases

import (
	"testing"

	"triage/internal/ingest"
	"triage/internal/respond"
)

func TestMeasureSaysWhatIsLeft(t *testing.T) {
	caps := ingest.Capabilities{MaxReply: 1200}
	for text, want := range map[string]measure{
		"":    {Length: "0", Limit: "1,200", Left: "1,200 left"},
		"abc": {Length: "3", Limit: "1,200", Left: "1,197 left"},
	} {
		if got := english.measure(ingest.Reply, text, caps); got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if got := english.measure(ingest.Reply, "abcd", ingest.Capabilities{MaxReply: 3}); got.Left != "1 too many" || !got.Over {
		t.Errorf("too long: %+v", got)
	}
	if got := english.measure(ingest.Reply, "abcd", ingest.Capabilities{}); got != (measure{Length: "4"}) {
		t.Errorf("no limit: %+v", got)
	}
	if got := english.measure(respond.KindNote, "abcd", caps); got.Limit != "1,000" {
		t.Errorf("a note: %+v", got)
	}
}

func TestStopsNamesTheWords(t *testing.T) {
	const text = "hope your surgery went well, your surgery"
	problems := english.inWords(text, []respond.Problem{
		{Start: 0, End: 27, Why: "*hope your surgery went well* is about one person."},
		{Start: 5, End: 17, Why: "*your surgery* tells everyone something."},
		{Start: 29, End: 41, Why: "*your surgery* tells everyone something."},
		{Start: 29, End: 41, Why: "*your surgery* is said twice of the same words."},
	})
	if len(problems) != 3 || !problems[2].Again || problems[1].Again {
		t.Fatalf("%+v", problems)
	}
	for _, tt := range []struct {
		kind     ingest.ActionKind
		problems []problem
		over     bool
		want     string
	}{
		{ingest.Reply, nil, false, ""},
		{ingest.Reply, problems, false, "The reply is stopped by “hope your surgery went well”."},
		{ingest.Private, problems[1:2], false, "The private message is stopped by “your surgery”."},
		{ingest.Reply, []problem{{Rest: "It is about the whole."}}, false, "The reply is stopped: see what is said under it."},
		{ingest.Private, []problem{{Rest: "It is about the whole."}}, false, "The private message is stopped: see what is said under it."},
		{ingest.Reply, []problem{{Rest: "Shorten it."}}, true, "It is too long."},
	} {
		if got := english.stops(tt.kind, tt.problems, tt.over); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
