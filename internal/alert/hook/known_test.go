package hook_test

import (
	"slices"
	"testing"
	"time"

	"triage/internal/alert"
)

// PagerDuty tells late of an acknowledgement of the trouble before, which had the same name.
func TestAnEventOfAnEarlierTrouble(t *testing.T) {
	p := open(t)
	p.told[0].Began = p.clock.Add(-time.Minute)
	p.pagerDuty(acknowledged(incident, "E1", p.clock.Add(-10*time.Minute)))
	if len(p.taken) != 0 {
		t.Errorf("an acknowledgement of 9 minutes before the trouble began was taken for it: %+v", p.taken)
	}
}

// A text answers a round before: of this one she was told nothing.
func TestATextOfAnEarlierRound(t *testing.T) {
	p := open(t)
	p.told[0].Round = 1
	if p.twilio(t, reply("1")); len(p.taken) != 0 {
		t.Errorf("taken %+v", p.taken)
	}
}

// She was told of 1, and 5 wait.
func TestATextAcknowledgesWhatItTold(t *testing.T) {
	p := open(t)
	h := p.told[0].Lines["a"]
	h.Count, h.Latest = 1, began
	p.told[0].Lines["a"] = h
	p.told[0].Alert.Count, p.told[0].Alert.Latest = 5, began.Add(4*time.Minute)
	if p.twilio(t, reply("1")); len(p.taken) != 1 || p.taken[0].Count != 1 {
		t.Errorf("she was told of 1, and acknowledged %+v", p.taken)
	}
}

// A telephone that two share answers for the one who was called on it last.
func TestASharedTelephone(t *testing.T) {
	p := open(t)
	p.told[0].Lines["b"] = alert.Heard{Person: "lee", Channel: "texts", Times: 1, First: began.Add(time.Minute), Last: began.Add(time.Minute)}
	words := reply("1")
	words.Set("From", shared)
	if p.twilio(t, words); len(p.taken) != 1 || p.taken[0].By != "lee" || p.taken[0].Key != p.told[0].Alert.Key {
		t.Errorf("lee was called last, and acknowledged is %+v", p.taken)
	}
}

// Who said that she is on it, how and of what is on record, and no number.
func TestAnswersAreOnRecord(t *testing.T) {
	p := open(t)
	p.twilio(t, reply("1"))
	p.told[1].Lines["a"] = alert.Heard{Person: "robin", Channel: "pager", Times: 1, First: began}
	p.pagerDuty(acknowledged("klmnopqrst0123456789-0", "E9", p.clock))
	want := []string{"dana by texts cases/urgent/facebook 0 <nil>", "dana by pager bus 0 <nil>"}
	if !slices.Equal(p.recorded, want) {
		t.Errorf("on record are %q, want %q", p.recorded, want)
	}
}
