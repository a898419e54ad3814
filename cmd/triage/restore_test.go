package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A backup made while replies go out, put back in a restore that is killed on
// the way: every comment is there but the one that was erased since, nobody is
// signed in, and no comment gets a second reply.
func TestRestoredServiceAnswersNothingTwice(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "")
	p, page := d.run(t)
	const comments = 12
	for i := range comments {
		sb.write(fmt.Sprintf("Since my knee surgery %d it hurts every night", i))
	}
	eventually(t, 20*time.Second, "all cases", func() bool { return len(page.waiting()) == comments })
	ids := page.waiting()
	approveAll := func(page *desk, ids []string) {
		for _, id := range ids {
			page.approve(id)
		}
	}
	approveAll(page, ids[:3])
	backup := filepath.Join(d.dir, "backup")
	var sending sync.WaitGroup
	sending.Go(func() { approveAll(page, ids[3:9]) })
	d.does(t, "backup", backup)
	sending.Wait()
	approveAll(page, ids[9:11])
	eventually(t, 20*time.Second, "all replies", func() bool { n, _ := replies(sb); return n == 11 })
	erased := ids[11]
	d.does(t, "erase", "--comment", erased, "--as", "admin")
	later := filepath.Join(d.dir, "later")
	d.does(t, "backup", later)
	p.stop()

	if err := os.Rename(filepath.Join(d.data, "store"), filepath.Join(d.dir, "old")); err != nil {
		t.Fatal(err)
	}
	restore := []string{"restore", backup, "--keys", later + keysSuffix, "--config", d.config}
	half := killOnTheWay(t, restore, filepath.Join(d.data, "store.restoring", "jetstream"))
	t.Logf("the restore was killed on the way: %v", half)
	if half {
		if _, err := os.Stat(filepath.Join(d.data, "store")); err == nil {
			t.Error("half a restore is in the place of the store")
		}
		does(t, restore...)
	}

	// The first sweep takes its time: until then nothing but the sender can know
	// what went out after the backup.
	sb.call("POST", "faults", map[string]any{"match": "GET /v", "do": "delay", "delay_ms": 4000}, nil)
	p = start(t, "run", "--config", d.config)
	old := *page
	old.base = p.value("page")
	if _, body := old.get("/"); strings.Contains(body, "Sign out") {
		t.Error("a session from before the restore is still good")
	}
	page = d.signIn(t, old.base)
	if _, code := page.sources(); code != 200 {
		t.Errorf("not ready: HTTP %d", code)
	}
	if _, body := page.get("/cases/" + erased); !strings.Contains(body, "The words were erased") {
		t.Error("the erased comment is back")
	}
	again := 0
	for _, id := range ids {
		if page.approve(id) {
			again++
		}
	}
	after := sweeps(sb) + 4
	eventually(t, 20*time.Second, "four more sweeps", func() bool { return sweeps(sb) >= after })
	eventually(t, 30*time.Second, "an end of everything under way", func() bool { return settled(page, comments) })
	n, most := replies(sb)
	if again == 0 {
		t.Error("nothing was approved once more: the test shows nothing")
	}
	if n != 11 || most != 1 {
		t.Errorf("%d replies, at most %d to one comment, want 11 and 1", n, most)
	}
	says(t, d.does(t, "audit", "verify"), "none changed or missing")
	t.Logf("after the restore %d of %d were approved once more; %d replies, at most %d to one comment", again, comments, n, most)
}

// killOnTheWay kills triage as soon as a file is there, and reports whether it
// had not ended yet.
func killOnTheWay(t *testing.T, args []string, path string) bool {
	t.Helper()
	p := start(t, args...)
	eventually(t, 20*time.Second, path, func() bool {
		_, err := os.Stat(path)
		return err == nil
	})
	p.kill()
	return p.cmd.ProcessState.ExitCode() != 0
}

// replies counts the replies to all comments, and the most that one has.
func replies(sb box) (n, most int) {
	for _, c := range sb.state().Comments {
		n += len(c.Replies)
		most = max(most, len(c.Replies))
	}
	return n, most
}

// A service whose key rotation was killed goes on with everything.
func TestServesEverythingAfterAKilledRotation(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "")
	p, page := d.run(t)
	const comments = 5
	for i := range comments {
		sb.write(fmt.Sprintf("Since my knee surgery %d it hurts every night", i))
	}
	eventually(t, 20*time.Second, "all cases", func() bool { return len(page.waiting()) == comments })
	ids := page.waiting()
	killed := 0
	for n := range 4 {
		p.stop()
		rotation := start(t, "key", "rotate", "--config", d.config)
		<-time.After(time.Duration(60+120*n) * time.Millisecond)
		rotation.kill()
		if rotation.cmd.ProcessState.ExitCode() != 0 {
			killed++
		}
		p, page = d.run(t)
		if got := page.waiting(); fmt.Sprint(got) != fmt.Sprint(ids) {
			t.Fatalf("after kill %d the cases are %v, want %v", n, got, ids)
		}
		for _, id := range ids {
			if _, shown := page.post("/cases/"+id+"/reveal", nil); !strings.Contains(shown, "Since my") {
				t.Errorf("after kill %d, case %s cannot be read", n, id)
			}
		}
	}
	if killed == 0 {
		t.Error("no rotation was killed: the test shows nothing")
	}
	if !page.approve(ids[0]) {
		t.Error("a reply was not accepted")
	}
	eventually(t, 20*time.Second, "a reply", func() bool { n, _ := replies(sb); return n == 1 })
	says(t, d.does(t, "audit", "verify"), "none changed or missing")
	t.Logf("%d of 4 rotations were killed on the way; %s", killed, strings.ReplaceAll(d.does(t, "key", "list"), "\n", "; "))
}
