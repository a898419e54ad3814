package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// ours are the platforms on which somebody of the practice may type a reply outside of
// triage: how an account there is configured, and the practice's name there.
var ours = []struct {
	platform, practice, section string
	edits                       bool // people can edit there what the practice said
}{
	{"facebook", sandbox.PageName, `[[facebook]]
page = "` + sandbox.PageID + `"
token = "` + sandbox.PageToken + `"
base_url = "%s"
`, true},
	{"instagram", sandbox.InstagramName, `[[instagram]]
account = "` + sandbox.InstagramID + `"
page = "` + sandbox.PageID + `"
token = "` + sandbox.PageToken + `"
base_url = "%s"
`, false},
	{"x", sandbox.PageName, `[[x]]
user = "` + sandbox.XUserID + `"
consumer_key = "` + sandbox.XConsumerKey + `"
consumer_secret = "` + sandbox.XConsumerSecret + `"
access_token = "` + sandbox.XToken + `"
access_secret = "` + sandbox.XTokenSecret + `"
base_url = "%s"
`, false},
	{"wordpress", sandbox.PageName, `[[wordpress]]
site = "%s"
user = "` + sandbox.WordPressUser + `"
password = "` + sandbox.WordPressPassword + `"
`, true},
	{"google", sandbox.PageName, `[[google]]
account = "accounts/` + sandbox.GoogleAccount + `"
location = "locations/` + sandbox.GoogleLocation + `"
client_id = "` + sandbox.GoogleClientID + `"
client_secret = "` + sandbox.GoogleClientSecret + `"
refresh_token = "` + sandbox.GoogleRefreshToken + `"
base_url = "%s"
`, true},
}

// everywhere is the configuration of an account on every platform of a sandbox.
func everywhere(url, every string) string {
	var out strings.Builder
	for _, o := range ours {
		fmt.Fprintf(&out, o.section+"every = %q\n", url, every)
	}
	return out.String()
}

// tooMuch is a reply that says more than it may, zzcanaryzz among it.
const tooMuch = "It was great seeing you at your visit, and we are glad that your zzcanaryzz surgery went well!"

// say writes on a platform, as a person where author is empty, and returns the id.
func (b box) say(c sandbox.Comment) string {
	b.t.Helper()
	if c.Author == nil {
		pat := "Pat Example"
		c.Author = &pat
	}
	var made struct{ ID string }
	b.call("POST", "comments", c, &made)
	return made.ID
}

// replies are what stands below a comment.
func (b box) replies(id string) []sandbox.ReplyState {
	b.t.Helper()
	for _, c := range b.state().Comments {
		if c.ID == id {
			return c.Replies
		}
	}
	return nil
}

// takeDownCase waits until the queue shows a reply of ours to be taken down, and
// returns its case.
func (k *desk) takeDownCase() (id string) {
	k.t.Helper()
	eventually(k.t, 60*time.Second, "a take-down case", func() bool {
		_, queue := k.get("/?lane=take-down")
		for _, m := range caseLink.FindAllStringSubmatch(queue, -1) {
			one := m[1]
			if _, body := k.get("/cases/" + one); strings.Contains(body, "Take our reply down") {
				id = one
			}
		}
		return id != ""
	})
	return id
}

// A reply that somebody of the practice types in the platform's own app is found,
// held against the rules, pages, and is deleted by one click; what the platform shows
// afterwards is in the audit. One that is corrected there by hand is over as well.
func TestReplyTypedElsewhere(t *testing.T) {
	t.Parallel()
	for _, o := range ours {
		t.Run(o.platform, func(t *testing.T) {
			t.Parallel()
			sb := platform(t)
			d := newPractice(t, "", fmt.Sprintf(o.section+"every = \"1s\"\n", sb.url))
			p, page := d.run(t)
			said := sb.say(sandbox.Comment{Platform: o.platform, Text: "Thank you, the team there was so patient with me"})
			practice := o.practice
			sb.say(sandbox.Comment{Platform: o.platform, Text: tooMuch, Parent: said, Author: &practice})

			id := page.takeDownCase()
			eventually(t, 15*time.Second, "the page to on-call", func() bool {
				return strings.Contains(p.output(), "page · our own reply says too much · "+o.platform)
			})
			step := stepField.FindStringSubmatch(second(page.get("/cases/" + id)))
			if code, _ := page.post("/cases/"+id+"/takedown", url.Values{"step": {step[1]}}); code != 200 {
				t.Fatalf("deleted from here: HTTP %d", code)
			}
			eventually(t, 30*time.Second, "the deletion", func() bool { return len(sb.replies(said)) == 0 })
			eventually(t, 30*time.Second, "the proof", func() bool {
				return strings.Contains(second(page.get("/cases/"+id)), "our reply is gone")
			})
			eventually(t, 15*time.Second, "the end of the page", func() bool { return strings.Contains(p.output(), "over · our own reply says too much") })

			// The next one is deleted by hand, and a third one corrected.
			sb.byHand(t, page, said, typed{o.platform, practice, "DELETE"})
			d.becomes(t, "removed="+map[bool]string{true: "1", false: "2"}[o.platform == "google"]+"\n") // which has one reply, and its id, for each review
			if o.edits {
				sb.byHand(t, page, said, typed{o.platform, practice, "PATCH"})
				d.becomes(t, "corrected=1\n")
			}
			eventually(t, 10*time.Second, "an end of all take-downs", func() bool {
				return !strings.Contains(second(page.get("/?lane=take-down")), "/cases/")
			})
			clean(t, "the log and the alerts", p.output())
			says(t, d.does(t, "audit", "verify"), "none changed or missing")
		})
	}
}

// typed is something that somebody of the practice does in the platform's own app.
type typed struct{ platform, practice, method string }

// byHand lets the practice say too much once more, and delete that or correct it, once
// there is a case.
func (b box) byHand(t *testing.T, page *desk, said string, by typed) {
	t.Helper()
	item := b.say(sandbox.Comment{Platform: by.platform, Text: tooMuch + " Call us, " + by.method, Parent: said, Author: &by.practice})
	page.takeDownCase()
	var change any
	if by.method == "PATCH" {
		change = map[string]string{"text": "Thank you. Please call our office at (503) 555-0142."}
	}
	b.call(by.method, "comments/"+url.PathEscape(item), change, nil)
}

// becomes waits until everything read back says so.
func (d practiceDir) becomes(t *testing.T, want string) {
	t.Helper()
	eventually(t, 60*time.Second, want, func() bool { return strings.Contains(d.does(t, "sweep", "status"), want) })
}

func second(_ int, body string) string { return body }
