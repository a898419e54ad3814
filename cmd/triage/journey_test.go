package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// One comment, end to end: written on the platform, found, judged, held for a
// person, approved on the page, published there once; on-call told, and told
// that it is over. Nothing anywhere outside the page holds a word of it.
func TestJourney(t *testing.T) {
	sb := box{t, start(t, "sandbox", "--addr", "127.0.0.1:0").value("sandbox")}
	d := newPractice(t, sb.url, "")
	p := start(t, "run", "--config", d.config)
	page := p.value("page")
	desk := d.signIn(t, page)

	item := sb.write("Dr. Ruiz, since the hysterectomy I still bleed zzcanaryzz every day")
	var id string
	eventually(t, 10*time.Second, "a case", func() bool {
		if ids := desk.waiting(); len(ids) == 1 {
			id = ids[0]
		}
		return id != ""
	})
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
	for _, out := range []string{p.output(), again.output()} {
		if strings.Contains(out, "zzcanaryzz") || strings.Contains(out, "sandbox-page-token") || strings.Contains(out, "Pat Example") {
			t.Fatalf("the output holds text, token or author:\n%s", out)
		}
	}
	noneInPlain(t, d.data)
}

// A comment that is edited, and edited back, is a new event each time; a
// restart in between takes nothing twice.
func TestEditedAndEditedBack(t *testing.T) {
	sb := box{t, start(t, "sandbox", "--addr", "127.0.0.1:0").value("sandbox")}
	d := newPractice(t, sb.url, "")
	p := start(t, "run", "--config", d.config)
	desk := d.signIn(t, p.value("page"))
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
			p = start(t, "run", "--config", d.config)
			desk = d.signIn(t, p.value("page"))
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

// noneInPlain looks for the planted words in every byte that was stored.
func noneInPlain(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		for _, planted := range []string{"zzcanaryzz", "hysterectomy", "Pat Example", "sandbox-page-token"} {
			if strings.Contains(string(raw), planted) {
				t.Errorf("%s holds %q in plain", path, planted)
			}
		}
		return err
	})
	if err != nil || files < 10 {
		t.Fatalf("looked at %d files, %v", files, err)
	}
}
