package wordpress

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/ingest/wordpress/wptest"
)

func TestRealCommentIsMapped(t *testing.T) {
	r := real(t, func(c *Config) { c.Staff = []string{"1"} })
	made := time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	post := r.site.AddPost(t, wptest.Post{Title: "Flu & “you”: " + strings.Repeat("long ", 20)})
	page := r.site.AddPost(t, wptest.Post{Title: "Contact", Type: "page"})
	draft := r.site.AddPost(t, wptest.Post{Title: "Was published", Status: "draft"})
	ids := r.site.AddComments(t,
		wptest.Comment{Post: post, Text: "my <b>rash</b> &amp; I<br>itch", Author: "O&#039;Brien", Email: "Pat@Example.test", Created: made},
		wptest.Comment{Post: page, Text: "waits", Status: "0"},
		wptest.Comment{Post: post, Text: "Please call us.", User: r.site.UserID},
		wptest.Comment{Post: post, Text: "I am the owner.", User: "1"},
		wptest.Comment{Post: draft, Text: "on a draft", Author: "Kim"},
		wptest.Comment{Post: post, Text: "buy", Status: "spam"}, wptest.Comment{Post: post, Text: "bin", Status: "trash"},
		wptest.Comment{Post: post, Text: "[...] a link [...]", Type: "pingback"}, wptest.Comment{Post: post, Text: "x", Type: "trackback"})
	below := r.site.AddComments(t, wptest.Comment{Post: post, Parent: ids[0], Text: `<img src="x.png">`})[0]
	found := r.mustSweep()

	c := found[ids[0]]
	want := ingest.Comment{Platform: "wordpress", Account: "main", Created: made, CanHide: true, Content: ingest.Content{
		Text: "my rash & I\nitch", Author: "O'Brien", AuthorID: AuthorID(names, "pat@example.test"), Item: ids[0], Post: post,
		Link: c.Content.Link, Title: c.Content.Title}}
	if c != want || c.Content.AuthorID == "" || strings.Contains(c.Content.AuthorID, "pat") || !strings.HasSuffix(c.Content.Link, "#comment-"+ids[0]) {
		t.Errorf("mapped to %+v, %q by %q", c, c.Content.Text, c.Content.Author)
	}
	if title := c.Content.Title; !strings.HasPrefix(title, "Flu & “you”: long") || !strings.HasSuffix(title, "…") || len([]rune(title)) != titleLength {
		t.Errorf("title %q", title)
	}
	if c := found[ids[1]]; !c.Hidden || !c.CanHide || c.Content.Title != "Contact" || c.Standing != ingest.Shown || c.Content.AuthorID != "" {
		t.Errorf("held: %+v, title %q", c, c.Content.Title)
	}
	for _, id := range ids[2:4] {
		if c := found[id]; !c.Own || c.CanHide {
			t.Errorf("own: %+v", c)
		}
	}
	if c := found[ids[4]]; c.Content.Text != "on a draft" || c.Own || c.Hidden {
		t.Errorf("on a draft: %+v", c)
	}
	if c := found[below]; c.Content.Parent != ids[0] || !c.Media || c.Content.Text != "" {
		t.Errorf("below: %+v, parent %q", c, c.Content.Parent)
	}
	for _, id := range ids[5:] {
		if _, there := found[id]; there {
			t.Errorf("what is spam, trash or a link was handed on: %+v", r.site.Stored(t, id))
		}
	}
	r.cfg.Spam = true
	if c := r.mustSweep()[ids[5]]; !c.Hidden || c.Content.Text != "buy" {
		t.Errorf("spam: %+v", c)
	}
}

func TestRealSweepReadsEveryPage(t *testing.T) {
	r := real(t)
	post := r.post()
	var list []wptest.Comment
	for i := range 130 {
		list = append(list, wptest.Comment{Post: post, Text: fmt.Sprint(i), Status: []string{"1", "0"}[i%2], Created: time.Now().Add(-time.Duration(i) * time.Minute)})
	}
	list = append(list, wptest.Comment{Post: post, Text: "old", Created: time.Now().AddDate(0, 0, -20)})
	ids := r.site.AddComments(t, list...)
	r.requests()
	found := r.mustSweep()
	for _, id := range ids[:130] {
		if _, there := found[id]; !there {
			t.Errorf("%s is missing", id)
		}
	}
	old := ids[130]
	if _, there := found[old]; there || !slices.Contains(r.Posts(), post) {
		t.Errorf("an old comment was read; posts %v", r.Posts())
	}
	calls := int64(len(r.requests()))
	if calls < 5 || r.Meter().Calls != calls { // page, user, two pages, titles
		t.Errorf("%d calls, the meter shows %d", calls, r.Meter().Calls)
	}
	for _, one := range []struct {
		mark time.Time
		want bool
	}{{time.Now().AddDate(0, 0, -21), true}, {time.Now().AddDate(0, 0, -16), false}, {time.Now().AddDate(1, 0, 0), false}} {
		found := map[string]ingest.Comment{}
		next, err := r.Sweep(t.Context(), ingest.Mark{Time: one.mark}, collect(found, nil))
		if _, there := found[old]; err != nil || there != one.want || len(found) < 130 || time.Since(next.Time) > time.Minute {
			t.Errorf("mark %v: the old one is there: %v, %d found, %v %v", one.mark, there, len(found), next, err)
		}
	}
}

func TestRealPeek(t *testing.T) {
	r := real(t)
	post := r.post()
	peek := func(mark time.Time, known ...string) (order []string) {
		t.Helper()
		err := r.Peek(t.Context(), ingest.Mark{Time: mark}, func(id string) bool { return slices.Contains(known, id) }, collect(map[string]ingest.Comment{}, &order))
		if err != nil {
			t.Fatal(err)
		}
		return order
	}
	var list []wptest.Comment
	for i := range 50 {
		list = append(list, wptest.Comment{Post: post, Text: fmt.Sprint(i), Created: time.Now().AddDate(-1, 0, i)})
	}
	ids := r.site.AddComments(t, list...)
	// One that waits, and one to which somebody gave an old time.
	ids = append(ids, r.site.AddComments(t, wptest.Comment{Post: post, Text: "new", Status: "0"}, wptest.Comment{Post: post, Text: "dated back", Created: time.Now().AddDate(-3, 0, 0)})...)
	slices.Reverse(ids)
	r.me(t.Context())
	r.requests()
	order := peek(time.Now(), ids[2])
	if !slices.Equal(order, ids[:20]) || len(r.requests()) != 2 { // one page, and the title
		t.Errorf("peeked %v of %v", order, ids)
	}
	if order := peek(time.Now(), ids[30]); !slices.Equal(order, ids[:40]) || len(r.requests()) != 2 {
		t.Errorf("peeked %v", order)
	}
	// Where nothing is known any more it ends with what is old, and does not read
	// the site's whole past.
	if order := peek(time.Now()); !slices.Equal(order, ids[:40]) {
		t.Errorf("peeked %v", order)
	}
	if order := peek(time.Now().AddDate(-4, 0, 0)); len(order) < len(ids) {
		t.Errorf("peeked only %d", len(order))
	}
}

// WordPress compares with its local time, and changes a comment's time in UTC
// with the next update when the site moves to another zone.
func TestRealTimeZone(t *testing.T) {
	for _, zone := range []string{"America/New_York", "Pacific/Auckland", "UTC"} {
		r := real(t)
		r.site.Set(t, "timezone_string", zone)
		post := r.post()
		now := time.Now().UTC().Truncate(time.Second)
		since := now.AddDate(0, 0, -14)
		ids := r.site.AddComments(t, wptest.Comment{Post: post, Text: "in", Created: since.Add(2 * time.Minute)},
			wptest.Comment{Post: post, Text: "out", Created: since.Add(-2 * time.Minute)}, wptest.Comment{Post: post, Text: "new", Created: now})
		found := r.mustSweep()
		_, in := found[ids[0]]
		_, out := found[ids[1]]
		if !in || out || !found[ids[2]].Created.Equal(now) {
			t.Errorf("%s: just within: %v, just outside: %v, new at %v instead of %v", zone, in, out, found[ids[2]].Created, now)
		}
	}
}

// kept is the keeper, sink and memory of a Poller.
type kept struct {
	items   map[string]string // the platform's id by ours
	texts   []string
	deleted []string
}

func (k *kept) Keep(_ context.Context, batch []ingest.Comment) error {
	for _, c := range batch {
		k.items[c.ID], k.texts = c.Content.Item, append(k.texts, c.Content.Text)
	}
	return nil
}
func (k *kept) Publish(context.Context, []ingest.Comment) error { return nil }
func (k *kept) Load(context.Context, string, string) (ingest.Mark, error) {
	return ingest.Mark{}, nil
}
func (k *kept) Save(context.Context, string, string, ingest.Mark, uint64) error { return nil }
func (k *kept) Known(context.Context, string) ([]string, error)                 { return nil, nil }
func (k *kept) Item(_ context.Context, id string) (string, error)               { return k.items[id], nil }
func (k *kept) Deleted(_ context.Context, ids []string) error {
	for _, id := range ids {
		k.deleted = append(k.deleted, k.items[id])
	}
	return nil
}

func TestRealEditsApprovalsAndDeletions(t *testing.T) {
	r := real(t)
	post := r.post()
	ids := r.site.AddComments(t, wptest.Comment{Post: post, Text: "one"}, wptest.Comment{Post: post, Text: "two"}, wptest.Comment{Post: post, Text: "three"},
		wptest.Comment{Post: post, Text: "four"}, wptest.Comment{Post: post, Text: "late", Status: "spam", Created: time.Now().AddDate(0, 0, -3)})
	k := &kept{items: map[string]string{}}
	p := &ingest.Poller{Platform: Platform, Account: "main", Source: r.Client, Names: names, Keep: k, Sink: k, Marks: k,
		Deletions: &ingest.Deletions{Account: r.Client, Kept: k}, Log: zap.NewNop(), Now: time.Now}
	sweep := func() []string {
		t.Helper()
		k.texts = nil
		if _, err := p.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		return k.texts
	}
	sweep()
	r.site.Do(t, `wp_update_comment( array( 'comment_ID' => $a[0], 'comment_content' => 'one, and my gout' ) );`, ids[0])
	r.site.Do(t, `wp_unspam_comment( $a[0] ); wp_set_comment_status( $a[0], 'approve' );`, ids[4])
	if got := sweep(); !slices.Equal(got, []string{"one, and my gout", "late"}) {
		t.Fatalf("handed on %q after an edit and a late approval", got)
	}
	r.site.Do(t, `wp_trash_comment( $a[0] ); wp_delete_comment( $a[1], true ); wp_spam_comment( $a[2] );`, ids[1], ids[2], ids[3])
	sweep()
	slices.Sort(k.deleted)
	if !slices.Equal(k.deleted, ids[1:3]) {
		t.Fatalf("erased %v, want %v: what became spam is not deleted", k.deleted, ids[1:3])
	}
	// The password is withdrawn: everything is refused, and nothing erased.
	r.cfg.Password = "wrong"
	if _, err := p.Sweep(t.Context()); readErr(t, err).Kind != ingest.Dead || len(k.deleted) != 2 {
		t.Errorf("%v, erased %v", err, k.deleted)
	}
	if o, err := r.Observe(t.Context(), ids[0]); err == nil || o.Gone {
		t.Errorf("observed %+v, %v", o, err)
	}
}

// Comments are deleted, and others come, while the pages are read.
func TestRealPagesShift(t *testing.T) {
	r := real(t)
	post := r.post()
	var list []wptest.Comment
	for i := range 230 {
		list = append(list, wptest.Comment{Post: post, Text: fmt.Sprint(i)})
	}
	ids := r.site.AddComments(t, list...)
	reads := 0
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if strings.Contains(req.URL.RawQuery, "after=") {
			if reads++; reads == 3 {
				r.site.Do(t, `foreach ( $a[0] as $id ) { wp_delete_comment( $id, true ); }`, ids[:30])
			}
		}
		r.next.ServeHTTP(w, req)
	}
	found := r.mustSweep()
	for _, id := range ids[30:] {
		if _, there := found[id]; !there {
			t.Fatalf("%s is missing: it moved up while the list was read", id)
		}
	}
}

func TestRealPlainPermalinks(t *testing.T) {
	r := real(t)
	r.site.Set(t, "permalink_structure", "")
	id := r.site.AddComments(t, wptest.Comment{Post: r.post(), Text: "plain"})[0]
	if found := r.mustSweep(); found[id].Content.Text != "plain" || found[id].Content.Title != "Flu clinic" {
		t.Errorf("found %d", len(found))
	}
	if out := r.act(ingest.Reply, id, "Please call us."); out.Result != ingest.Done {
		t.Errorf("%+v", out)
	}
	for _, line := range r.requests() {
		if strings.Contains(line, "wp-json") {
			t.Errorf("asked %s", line)
		}
	}
	// The site gets pretty ones while we run: the root is looked for again.
	r.site.Set(t, "permalink_structure", "/%postname%/")
	r.root.plain, r.root.at.Path = false, "/elsewhere"
	if _, err := r.sweep(); err == nil {
		t.Error("a root that is none")
	}
	if found := r.mustSweep(); found[id].Content.Text != "plain" || r.root.plain {
		t.Errorf("found %d", len(found))
	}
}
