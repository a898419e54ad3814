package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/alert/mailsink"
)

// A page and a summary arrive at a real mail server, encrypted and signed in, with not a
// word of the comment.
func TestMailsArrive(t *testing.T) {
	t.Parallel()
	sink := mailsink.Start(t, mailsink.Options{User: "triage", Password: "zzmailpasswordzz"})
	sb := platform(t)
	at := time.Now().UTC().Add(70 * time.Second).Truncate(time.Minute)
	d := newPractice(t, sb.url, fmt.Sprintf(`[alerts.digest]
morning = ["front@cedar.example"]
at = %q
days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
[[alerts.email]]
name = "mail"
host = %q
port = %d
user = "triage"
password = "zzmailpasswordzz"
from = "triage@cedar.example"
ca_file = %q
[[alerts.person]]
name = "dana"
reach = ["mail dana@cedar.example"]
`, at.Format("15:04"), sink.Host, sink.Port, sink.CAFile))
	d.edit(t, "[practice]\n", "[practice]\nzone = \"UTC\"\n")
	p, _ := d.run(t)
	sb.write("I want to kill myself, zzcanaryzz")
	of := func(to string) (found []mailsink.Message) {
		for _, m := range sink.Messages() {
			if strings.Contains(strings.Join(m.To, " "), to) {
				found = append(found, m)
			}
		}
		return found
	}
	eventually(t, 20*time.Second, "the page by mail", func() bool { return len(of("dana@")) == 1 })
	page := of("dana@")[0]
	if subject := page.Subject; !strings.HasPrefix(subject, "URGENT: somebody may need help now") || !strings.Contains(page.Text, "/cases/") || !strings.Contains(page.Text, "/on-call") {
		t.Errorf("the page says\n%s", page.Raw)
	}
	eventually(t, time.Until(at)+90*time.Second, "the summary", func() bool { return len(of("front@")) == 1 })
	summary := of("front@")[0]
	if !strings.Contains(summary.Text, "urgent") && !strings.Contains(summary.Text, "help now") {
		t.Errorf("the summary says nothing of the urgent comment:\n%s", summary.Text)
	}
	p.stop()
	for _, m := range sink.Messages() {
		clean(t, "a mail", m.Raw)
	}
	clean(t, "what the service wrote", p.output())
	for _, secret := range []string{"zzmailpasswordzz", "dana@cedar.example", "front@cedar.example"} {
		if strings.Contains(p.output(), secret) {
			t.Errorf("what the service wrote holds %s", secret)
		}
	}
}
