package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// In quiet hours a routine reply waits and its case says until when; whoever ends
// them sees it go out.
func TestQuietHoursWhileItRuns(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "")
	zone, err := time.LoadLocation("Asia/Kolkata") // not the machine's
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(zone)
	until := now.Add(3 * time.Hour).Format("15:04")
	d.edit(t, "[practice]\n", "[practice]\nzone = \"Asia/Kolkata\"\n",
		"[posting]\n", fmt.Sprintf("[posting]\nquiet = \"%s-%s\"\n", now.Add(-time.Hour).Format("15:04"), until))
	_, page := d.run(t)
	sb.write("Since my knee surgery it hurts every night")
	id := page.caseOf(20 * time.Second)
	if !page.approve(id) {
		t.Fatal("the reply was not accepted")
	}
	eventually(t, 10*time.Second, "a word until when it waits", func() bool {
		_, body := page.get("/cases/" + id)
		return strings.Contains(strings.ToLower(body), "goes out at "+until+": quiet hours")
	})
	if n := len(sb.state().Comments[0].Replies); n > 0 {
		t.Fatalf("%d replies in quiet hours", n)
	}
	if list := d.does(t, "settings", "list"); !strings.Contains(list, "posting.quiet") || !strings.Contains(list, "-"+until) {
		t.Errorf("the settings are\n%s", list)
	}
	d.does(t, "settings", "set", "posting.quiet", "", "--as", "admin")
	eventually(t, 10*time.Second, "the reply", func() bool { return len(sb.state().Comments[0].Replies) == 1 })
}
