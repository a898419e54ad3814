package hook_test

import (
	"testing"
	"time"
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
