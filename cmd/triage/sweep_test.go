package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// old is when what a sweep looks for was written.
const old = 300 * 24 * time.Hour

// oldReply writes a comment and the practice's reply to it, long ago, and returns the
// reply's id.
func (b box) oldReply(platform, practice, comment, reply string) string {
	b.t.Helper()
	at := time.Now().Add(-old)
	said := b.say(sandbox.Comment{Platform: platform, Text: comment, Created: at})
	return b.say(sandbox.Comment{Platform: platform, Text: reply, Parent: said, Author: &practice, Created: at.Add(time.Hour)})
}

// sweepReport is what is in the files of the report, and that they fit together.
func (d practiceDir) report(t *testing.T, stem string) (r sweepReport, page string) {
	t.Helper()
	raw, err := os.ReadFile(stem + ".json")
	if err != nil {
		t.Fatal(err)
	}
	html, err := os.ReadFile(stem + ".html")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	clean(t, "the report", string(raw)+string(html))
	sum := sha256.Sum256(raw)
	says(t, string(html), hex.EncodeToString(sum[:]))
	audit := d.audit(t)
	says(t, audit, "sha256="+hex.EncodeToString(sum[:]))
	for _, one := range r.Replies {
		if p := one.Proof; p != nil {
			says(t, audit, fmt.Sprintf(`"n":%d,`, p.Record), `"mac":"`+p.Hash.String()+`"`)
		}
	}
	return r, string(html)
}

// audit is the audit as JSON lines.
func (d practiceDir) audit(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	d.does(t, "audit", "export", file)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// A sweep of a stopped service finds what the practice said long ago on every
// platform, also what says too much only beside its comment; on-call is called once for
// all of it, and the report proves that it is gone.
func TestSweep(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, "", everywhere(sb.url, "1s"))
	items := map[string]string{}
	for _, o := range ours {
		items[o.platform] = sb.oldReply(o.platform, o.practice, "Dr. Ruiz delivered my twins in May", tooMuch)
		sb.oldReply(o.platform, o.practice, "A fine place", "Thank you. We take all feedback seriously.")
	}
	twins := sb.oldReply("facebook", sandbox.PageName, "Dr. Ruiz delivered my twins zzcanaryzz", "Thank you. Twins are wonderful! Please call our office.")
	stem := filepath.Join(d.dir, "replies")
	said := d.does(t, "sweep", "--report", stem)
	says(t, said, "online=6\n", "facebook: 6 comments", "3 replies of ours, 2 to take down", "google: ", "instagram: ", "wordpress: ", "x: ")
	r, page := d.report(t, stem)
	if len(r.Accounts) != len(ours) || len(r.Replies) != 6 || r.Replies[0].Removal != nil {
		t.Errorf("the report has %d accounts and %d replies", len(r.Accounts), len(r.Replies))
	}
	says(t, page, "6 still online", "Repeats something about this person", "Online for 299 days")
	for range 2 { // nothing is found twice
		says(t, d.does(t, "sweep"), "online=6\n")
	}

	p, web := d.run(t)
	eventually(t, 20*time.Second, "one page for all of it", func() bool { return strings.Contains(p.output(), "page · our own old replies say too much (6)") })
	if n := strings.Count(p.output(), "our own"); n != 1 {
		t.Errorf("%d alerts, want one:\n%s", n, p.output())
	}
	if n := strings.Count(second(web.get("/?lane=take-down")), "/cases/"); n != 6 {
		t.Errorf("%d cases to take down in the queue, want 6", n)
	}
	names := d.names(t)
	click := names.ID("facebook", "facebook", items["facebook"])
	step := stepField.FindStringSubmatch(second(web.get("/cases/" + click)))
	web.post("/cases/"+click+"/takedown", url.Values{"step": {step[1]}})
	delete(items, "facebook")
	for _, item := range items {
		sb.call("DELETE", "comments/"+url.PathEscape(item), nil, nil)
	}
	sb.call("PATCH", "comments/"+twins, map[string]string{"text": "Please call our office."}, nil)
	eventually(t, 60*time.Second, "every proof", func() bool {
		said = d.does(t, "sweep", "status", "--report", stem)
		return strings.Contains(said, "removed=5\ncorrected=1\n") && !strings.Contains(said, "online")
	})
	r, page = d.report(t, stem)
	for _, one := range r.Replies {
		if p := one.Proof; p == nil || one.Removal == nil || p.Before == "" || p.Before == p.After || p.Answer == "" {
			t.Errorf("%s: no proof of removal: %+v", one.Platform, one)
		}
	}
	says(t, page, "All that said too much are gone or corrected, with proof.", "admin had it deleted from here", "100/33")
	says(t, d.does(t, "audit", "verify"), "none changed or missing")
	p.stop()
	clean(t, "what it wrote", p.output()+said)
}

// What was read before a platform failed stays found, and the next sweep goes on with
// that account alone; one that is killed, kill -9, loses and doubles nothing.
func TestSweepCutShort(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, "", everywhere(sb.url, "1s"))
	sb.oldReplies(posts)
	sb.oldReply("wordpress", sandbox.PageName, "A fine place", tooMuch)
	sb.fault(1, "delay") // the first page comes, the second does not
	sb.fault(1, "status")
	said := fails(t, "sweep", "--config", d.config)
	says(t, said, "not every account was read to its end")
	half := d.does(t, "sweep", "status")
	if strings.Contains(half, fmt.Sprintf("online=%d\n", posts+1)) || !strings.Contains(half, "online=") {
		t.Fatalf("after half of it: %s", half)
	}
	calls := sweeps(sb)
	sb.fault(3, "delay")
	killed := start(t, "sweep", "--config", d.config)
	eventually(t, 30*time.Second, "the second page", func() bool { return sweeps(sb) > calls })
	killed.kill()
	said = d.does(t, "sweep")
	says(t, said, "wordpress: read to its end before", fmt.Sprintf("online=%d\n", posts+1), fmt.Sprintf("facebook: %d comments", 2*posts))
	says(t, d.does(t, "audit", "verify"), "none changed or missing")
}

// posts is how many Facebook has in these tests, more than it shows at once.
const posts = 60

// oldReplies lets the practice have said too much long ago, below as many posts.
func (b box) oldReplies(n int) {
	b.t.Helper()
	for i := range n {
		at := time.Now().Add(-old - time.Duration(i)*time.Hour)
		said := b.say(sandbox.Comment{Platform: "facebook", Text: "A fine place", Post: fmt.Sprintf("Post %d", i), Created: at})
		name := sandbox.PageName
		b.say(sandbox.Comment{Platform: "facebook", Text: fmt.Sprintf("Number %d: %s", i, tooMuch), Parent: said, Author: &name, Created: at.Add(time.Minute)})
	}
}

// fault lets Facebook fail or wait as many times when it is asked for posts.
func (b box) fault(times int, do string) {
	b.t.Helper()
	b.call("POST", "faults", map[string]any{"platform": "facebook", "match": "/feed", "times": times, "do": do, "status": 500, "delay_ms": 1500}, nil)
}

// The service is killed, kill -9, while it sweeps: who asked is told what to do, and
// the same command finds the rest, each reply once.
func TestSweepingServiceKilled(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "")
	sb.oldReplies(posts)
	d.edit(t, "page = ", "posts = 1\nbudget = 100000\npage = ") // the poller sees only the newest
	for _, wait := range []time.Duration{0, 300 * time.Millisecond, time.Second} {
		p, _ := d.run(t)
		calls := sweeps(sb)
		sb.fault(2, "delay")
		asked := make(chan string, 1)
		go func() { asked <- fails(t, "sweep", "--config", d.config) }()
		eventually(t, 30*time.Second, "the sweep", func() bool { return sweeps(sb) > calls })
		<-time.After(wait)
		p.kill()
		says(t, <-asked, "the service stopped on the way: start it and give the command again")
	}
	p, _ := d.run(t)
	says(t, d.does(t, "sweep"), fmt.Sprintf("facebook: %d comments", 2*posts), fmt.Sprintf("online=%d\n", posts))
	says(t, d.does(t, "sweep", "status"), fmt.Sprintf("online=%d\n", posts))
	says(t, d.does(t, "audit", "verify"), "none changed or missing")
	clean(t, "what it wrote", p.output())
}

// A sweep of some days is no excuse to leave out the others, though one was cut short.
func TestSweepOfOtherDays(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, "", everywhere(sb.url, "1s"))
	sb.oldReply("wordpress", sandbox.PageName, "A fine place", tooMuch)
	sb.fault(1, "status")
	fails(t, "sweep", "--config", d.config, "--since", time.Now().Add(-24*time.Hour).Format(time.DateOnly))
	said := d.does(t, "sweep")
	says(t, said, "online=1\n")
	if strings.Contains(said, "read to its end before") {
		t.Errorf("an account was left out:\n%s", said)
	}
}

// Two thousand old replies are swept by the running service within a bounded memory,
// and call somebody once.
func TestSweepOfThousands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: two thousand replies are not swept")
	}
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "")
	const many = 2000
	name := sandbox.PageName
	for i := range many {
		said := sb.say(sandbox.Comment{Platform: "facebook", Text: fmt.Sprintf("A fine place, number %d", i), Post: fmt.Sprintf("Post %d", i/50), Created: time.Now().Add(-old)})
		text := "Thank you. We take all feedback seriously."
		if i%10 == 0 {
			text = fmt.Sprintf("Number %d: %s", i, tooMuch)
		}
		sb.say(sandbox.Comment{Platform: "facebook", Text: text, Parent: said, Author: &name, Created: time.Now().Add(-old + time.Hour)})
	}
	d.edit(t, "page = ", "posts = 1\nbudget = 100000\npage = ")
	p, _ := d.run(t)
	before := resident(t, p.cmd.Process.Pid)
	began := time.Now()
	says(t, d.does(t, "sweep"), fmt.Sprintf("facebook: %s comments", grouped(2*many)), fmt.Sprintf("%s replies of ours, %d to take down", grouped(many), many/10), fmt.Sprintf("online=%d\n", many/10))
	after := resident(t, p.cmd.Process.Pid)
	t.Logf("%d replies in %v; %d MB before, %d MB after", many, time.Since(began), before>>20, after>>20)
	if after > before+150<<20 {
		t.Errorf("the memory grew from %d to %d MB", before>>20, after>>20)
	}
	eventually(t, 30*time.Second, "the page to on-call", func() bool { return strings.Contains(p.output(), "our own old replies say too much") })
	if n := strings.Count(p.output(), "our own"); n != 1 {
		t.Errorf("%d alerts, want one", n)
	}
}

// resident is how much memory a process has.
func resident(t *testing.T, pid int) int64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Skip("this machine does not tell how much memory a process has")
	}
	var size, pages int64
	if _, err := fmt.Fscan(bytes.NewReader(raw), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
