package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// Posting that is switched off while an approved reply waits holds it back for
// good: only a person lets it go out.
func TestSettingsTakeEffectWhileItRuns(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "")
	_, page := d.run(t)
	sb.write("Since my knee surgery it hurts every night")
	id := page.caseOf(20 * time.Second)
	set := func(name, value string) { d.does(t, "settings", "set", name, value, "--as", "admin") }
	says := func(what string, parts ...string) {
		t.Helper()
		eventually(t, 10*time.Second, what, func() bool {
			_, body := page.get("/cases/" + id)
			for _, part := range parts {
				if !strings.Contains(body, part) {
					return false
				}
			}
			return true
		})
	}
	const banner, held = "Posting is off", "posting was switched off before this went out"

	set("posting.undo", "1h")
	if !page.approve(id) {
		t.Fatal("the reply was not accepted")
	}
	says("the undo window", "Undo <kbd>")
	set("posting.mode", "shadow")
	says("a word that it was held back", banner, held)
	set("posting.undo", "0s")
	set("posting.mode", "review")
	if _, body := page.get("/cases/" + id); strings.Contains(body, banner) || !strings.Contains(body, held) {
		t.Errorf("with posting on again: banner %v, held back %v", strings.Contains(body, banner), strings.Contains(body, held))
	}
	after := sweeps(sb) + 3
	eventually(t, 15*time.Second, "three more sweeps", func() bool { return sweeps(sb) >= after })
	if n := len(sb.state().Comments[0].Replies); n != 0 {
		t.Fatalf("%d replies went out by themselves", n)
	}
	if !page.approve(id) {
		t.Fatal("a new approval was not accepted")
	}
	eventually(t, 10*time.Second, "the reply", func() bool { return len(sb.state().Comments[0].Replies) == 1 })
	list := d.does(t, "settings", "list", "--history")
	for _, part := range []string{"admin: review → shadow", "admin: shadow → review", "admin: 0s → 1h"} {
		if !strings.Contains(list, part) {
			t.Errorf("the history lacks %q:\n%s", part, list)
		}
	}
}

// What its author deletes on the platform is erased here; what only cannot be
// read, or is gone all at once, is not.
func TestAuthorsDeletionIsHonoured(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "")
	p, page := d.run(t)
	var items []string
	for i := range 9 {
		items = append(items, sb.write(fmt.Sprintf("Since my knee surgery %d it hurts every night", i)))
	}
	eventually(t, 20*time.Second, "all cases", func() bool { return len(page.waiting()) == len(items) })
	names := d.names(t)
	id := func(i int) string { return names.ID("facebook", "facebook", items[i]) }
	shows := func(i int) string {
		_, body := page.post("/cases/"+id(i)+"/reveal", nil)
		return body
	}
	const gone = "The words were erased"
	readable := func(when string, from int) {
		t.Helper()
		for i := from; i < len(items); i++ {
			if body := shows(i); !strings.Contains(body, "Since my") || strings.Contains(body, gone) {
				t.Errorf("%s: comment %d cannot be read any more", when, i)
			}
		}
	}

	// Everything seems to be gone, and then the account may read nothing.
	sb.call("POST", "faults", map[string]any{"match": "GET /v", "times": 12, "do": "body", "body": map[string]any{"data": []string{}}}, nil)
	sb.call("POST", "faults", map[string]any{"match": "GET /v26.0/" + sandbox.PageID + "/feed", "do": "status", "status": 403, "body": map[string]any{"error": map[string]any{
		"message": "(#200) Permissions error", "type": "OAuthException", "code": 200}}}, nil)
	eventually(t, 30*time.Second, "trouble with the account", func() bool { s, _ := page.sources(); return !s[0].OK() })
	readable("after a lost permission", 0)
	p.stop()
	p, page = d.run(t)
	eventually(t, 30*time.Second, "the end of the trouble", func() bool { s, _ := page.sources(); return s[0].OK() })
	readable("after the permission came back", 0)

	sb.call("DELETE", "comments/"+items[0], nil, nil)
	eventually(t, 20*time.Second, "the erasure", func() bool {
		_, body := page.get("/cases/" + id(0))
		return strings.Contains(body, "its author deleted it") && strings.Contains(body, gone)
	})
	if body := shows(0); strings.Contains(body, "Since my") {
		t.Error("the deleted comment can still be revealed")
	}
	readable("after one was deleted", 1)
	file := filepath.Join(d.dir, "audit.jsonl")
	d.does(t, "audit", "export", file, "--as", "admin")
	if !strings.Contains(readFile(t, file), `"do":"erasure-ordered","on":"`+id(0)+`","note":"author-deleted"`) {
		t.Errorf("the audit does not say who erased it and why:\n%s", readFile(t, file))
	}

	// Seven at once are more than people delete.
	for _, item := range items[1:8] {
		sb.call("DELETE", "comments/"+item, nil, nil)
	}
	eventually(t, 20*time.Second, "a word in the log", func() bool { return strings.Contains(p.output(), "too many comments are gone at once") })
	d.does(t, "settings", "set", "posting.daily_cap", "900", "--as", "admin") // lets the pager look now
	eventually(t, 40*time.Second, "the alert", func() bool { return strings.Contains(p.output(), "tell · many comments are gone at once") })
	readable("after seven went at once", 1)
	p.stop()
	p, page = d.run(t)
	after := sweeps(sb) + 6
	eventually(t, 20*time.Second, "more sweeps", func() bool { return sweeps(sb) >= after })
	readable("after a restart", 1)
	if strings.Contains(p.output(), sandbox.PageToken) {
		t.Error("the output holds the token")
	}
}
