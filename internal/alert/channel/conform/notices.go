package conform

import (
	"fmt"
	"strings"
	"time"

	"triage/internal/alert"
)

// Noon is when messages and notices are.
var Noon = time.Date(2031, 3, 4, 12, 0, 0, 0, time.UTC)

// Message is one about an invented incident. The number makes it another, and is how
// many things are affected.
func Message(change alert.Change, severity alert.Severity, number int) alert.Message {
	return alert.Message{
		Alert: alert.Alert{Key: fmt.Sprintf("urgent/%d", number), Severity: severity, What: fmt.Sprintf("somebody may need help now, matter %d", number),
			Where: "facebook cedar", Count: number, Since: Noon.Add(-time.Hour), Link: fmt.Sprintf("https://desk.example.org/cases/k%d", number)},
		Incident: fmt.Sprintf("abcdefghijklmnopqrst%d", number), Change: change, Times: 1, At: Noon,
	}
}

// Notice is one with these messages.
func Notice(to string, messages ...alert.Message) alert.Notice {
	return alert.Notice{ID: "notice-17", To: to, From: "Cedar Clinic", Messages: messages, Desk: "https://desk.example.org/on-call", At: Noon}
}

// notices are what every channel must be able to say. A channel that keeps incidents
// gets one message at a time, and is told of acknowledgements.
func (k Kind) notices(keeps bool) map[string]alert.Notice {
	long := Message(alert.New, alert.Page, 1)
	long.What = "a very long matter: " + strings.Repeat("many « words » ", 700) // 10 KB and more
	said := map[string]alert.Notice{
		"new":       Notice(k.To, Message(alert.New, alert.Page, 1)),
		"still":     Notice(k.To, Message(alert.Still, alert.Page, 2)),
		"quiet":     Notice(k.To, Message(alert.New, alert.Slow, 3)),
		"forgotten": Notice(k.To, Message(alert.Forgotten, alert.Page, 2)),
		"over":      Notice(k.To, Message(alert.Over, alert.Page, 2)),
		"long":      Notice(k.To, long),
		"test":      {ID: "test-1", To: k.To, From: "Cedar Clinic", Desk: "https://desk.example.org/on-call", Test: true, At: Noon},
	}
	if keeps {
		said["taken"] = Notice(k.To, Message(alert.Taken, alert.Page, 2))
		return said
	}
	said["several"] = Notice(k.To, Message(alert.New, alert.Tell, 1), Message(alert.More, alert.Page, 2), Message(alert.Over, alert.Page, 3))
	many := Notice(k.To)
	for i := range 200 {
		many.Messages = append(many.Messages, Message(alert.New, alert.Page, i+1))
	}
	said["many"] = many
	return said
}

// Hostile is a notice with everything in it that some provider reads as markup.
func Hostile(to string) alert.Notice {
	m := Message(alert.New, alert.Page, 1)
	m.What = `matter <!channel> <@U1> & "x" *b* _i_ [a](https://x.example) <Say>y</Say> ]]> \ # ~`
	return Notice(to, m)
}
