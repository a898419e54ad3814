package main

import (
	"strings"
	"testing"
	"time"
)

// One comment, end to end: written on the platform, found, judged, held for a
// person, approved on the page, published there once; on-call told, and told
// that it is over. Nothing anywhere outside the page holds a word of it.
func TestJourney(t *testing.T) { t.Parallel(); both(t, journey) }

func journey(t *testing.T, store string) {
	sb := platform(t)
	d := newPractice(t, sb.url, store)
	p, desk := d.run(t)

	item := sb.write("Dr. Ruiz, since the hysterectomy I still bleed zzcanaryzz every day")
	id := desk.caseOf(10 * time.Second)
	if _, queue := desk.get("/"); strings.Contains(queue, "zzcanaryzz") {
		t.Fatal("the queue shows the comment")
	}
	if _, masked := desk.get("/cases/" + id); strings.Contains(masked, "zzcanaryzz") {
		t.Fatal("the case shows the comment before it was revealed")
	}
	if code, shown := desk.post("/cases/"+id+"/reveal", nil); code != 200 || !strings.Contains(shown, "zzcanaryzz") {
		t.Fatalf("revealed: HTTP %d, without the comment", code)
	}
	eventually(t, 10*time.Second, "the alert", func() bool { return strings.Contains(p.output(), "clear disclosure") })
	if !desk.approve(id) {
		t.Fatal("the reply was not accepted")
	}
	eventually(t, 10*time.Second, "the reply", func() bool { return len(sb.state().Comments[0].Replies) == 1 })
	eventually(t, 10*time.Second, "the end of the alert", func() bool { return strings.Contains(p.output(), "over · clear disclosure") })

	// Two more sweeps: our own reply comes back and changes nothing.
	calls := sweeps(sb)
	eventually(t, 10*time.Second, "two more sweeps", func() bool { return sweeps(sb) >= calls+2 })
	if code := p.stop(); code != 0 {
		t.Fatalf("it stopped with %d:\n%s", code, p.output())
	}
	again := start(t, "run", "--config", d.config)
	again.value("page")
	calls = sweeps(sb)
	eventually(t, 10*time.Second, "two sweeps after a restart", func() bool { return sweeps(sb) >= calls+2 })
	state := sb.state()
	if n := len(state.Comments[0].Replies); n != 1 || state.Comments[0].ID != item {
		t.Fatalf("%d replies, want 1", n)
	}
	again.stop()
	clean(t, "what it wrote", p.output()+again.output())
	noneInFiles(t, d.kept(t)...)
}

// A comment that is edited, and edited back, is a new event each time; a
// restart in between takes nothing twice.
func TestEditedAndEditedBack(t *testing.T) { t.Parallel(); both(t, editedBack) }

func editedBack(t *testing.T, store string) {
	sb := platform(t)
	d := newPractice(t, sb.url, store)
	p, desk := d.run(t)
	const first, second = "My migraine is back", "My migraine is back and my vision is blurred"
	item := sb.write(first)
	for edit, text := range []string{first, second, first, second} {
		sb.call("PATCH", "comments/"+item, map[string]string{"text": text}, nil)
		eventually(t, 15*time.Second, "an event and a verdict for each edit", func() bool {
			c, v := desk.events()
			return c == edit+1 && v == edit+1
		})
		if edit == 2 {
			p.stop()
			p, desk = d.run(t)
		}
	}
	if ids := desk.waiting(); len(ids) != 1 {
		t.Fatalf("%d cases, want 1", len(ids))
	}
}

// sweeps counts the reads of the feed.
func sweeps(sb box) int {
	n := 0
	for _, calls := range sb.state().Calls {
		for call, count := range calls {
			if strings.Contains(call, "/feed") || strings.Contains(call, "/published_posts") || strings.Contains(call, "/posts") {
				n += count
			}
		}
	}
	return n
}
