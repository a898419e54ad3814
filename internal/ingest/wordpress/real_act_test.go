package wordpress

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"triage/internal/ingest"
	"triage/internal/ingest/wordpress/wptest"
)

func TestRealReply(t *testing.T) {
	r := real(t)
	post := r.post()
	id := r.site.AddComments(t, wptest.Comment{Post: post, Text: "my rash"})[0]
	if o, err := r.Observe(t.Context(), id); err != nil || len(o.Own) != 0 || o.Gone || o.Hidden || o.Text != "my rash" {
		t.Fatalf("observed %+v, %v", o, err)
	}
	r.requests()
	out := r.act(ingest.Reply, id, "Please call us.")
	c := r.site.Stored(t, out.Item)
	if w := r.writes(); out.Result != ingest.Done || out.Standing != ingest.Shown || out.Why != "" || len(w) != 1 {
		t.Fatalf("%+v after %v", out, w)
	}
	if c.Post != post || c.Parent != id || c.User != r.site.UserID || c.Author != "The practice" || c.Status != "1" || c.Agent != agent {
		t.Errorf("stored %+v", c)
	}
	if own := r.mustSweep()[out.Item]; !own.Own || own.Content.Parent != id || own.Content.Text != "Please call us." {
		t.Errorf("read back %+v", own)
	}
	o, err := r.Observe(t.Context(), id)
	if err != nil || len(o.Own) != 1 || o.Own[0].Item != out.Item || o.Own[0].Text != "Please call us." || time.Since(o.Own[0].Created) > time.Minute {
		t.Errorf("observed %+v, %v", o, err)
	}
	if again := r.act(ingest.Reply, id, "Please call us."); again.Result != ingest.Unclear || again.Code != "comment_duplicate" {
		t.Errorf("the same again: %+v", again)
	}
}

// Our reply is seen below its comment alone, whatever became of it.
func TestRealOwnReplies(t *testing.T) {
	r := real(t, func(c *Config) { c.Staff = []string{"1"} })
	post := r.post()
	ids := r.site.AddComments(t, wptest.Comment{Post: post, Text: "a"}, wptest.Comment{Post: post, Text: "b"})
	below := func(c wptest.Comment) string { c.Post, c.Parent = post, ids[0]; return r.site.AddComments(t, c)[0] }
	want := map[string]ingest.Standing{
		below(wptest.Comment{Text: "shown", User: r.site.UserID}):                ingest.Shown,
		below(wptest.Comment{Text: "waits", User: r.site.UserID, Status: "0"}):   ingest.Pending,
		below(wptest.Comment{Text: "spam", User: "1", Status: "spam"}):           ingest.Rejected,
		below(wptest.Comment{Text: "by staff &amp; shown <br> &lt;", User: "1"}): ingest.Shown,
	}
	below(wptest.Comment{Text: "a visitor", Author: "The practice"})
	below(wptest.Comment{Text: "in the trash", User: "1", Status: "trash"})
	r.site.AddComments(t, wptest.Comment{Post: post, Text: "elsewhere", User: "1"})
	o, err := r.Observe(t.Context(), ids[0])
	if err != nil || len(o.Own) != len(want) {
		t.Fatalf("observed %+v, %v", o, err)
	}
	for _, own := range o.Own {
		if standing, there := want[own.Item]; !there || standing != own.Standing {
			t.Errorf("%+v, want %q", own, standing)
		}
	}
	if o, err := r.Observe(t.Context(), ids[1]); err != nil || len(o.Own) != 0 {
		t.Errorf("observed %+v, %v", o, err)
	}
}

// shown is what a visitor reads on the site of a comment.
func (r *rig) shown(post, id string) string {
	r.Helper()
	resp, err := http.Get(r.site.URL + "/?p=" + post)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	page, err := html.Parse(resp.Body)
	if err != nil {
		r.Fatal(err)
	}
	var text strings.Builder
	var walk func(*html.Node, bool)
	walk = func(n *html.Node, within bool) {
		for _, a := range n.Attr {
			if a.Key == "id" && a.Val == "div-comment-"+id {
				within = true
			}
			if a.Key == "class" && (strings.HasPrefix(a.Val, "comment-author ") || strings.HasPrefix(a.Val, "comment-meta") || a.Val == "reply") {
				return
			}
		}
		if n.Type == html.TextNode && within {
			text.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, within)
		}
	}
	walk(page, false)
	return strings.TrimSpace(text.String())
}

// What we write is shown as it was typed, but for what WordPress makes of quotes
// and dashes; and read back as it was typed.
func TestRealReplyShowsAsTyped(t *testing.T) {
	r := real(t)
	post := r.post()
	straight := strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'", "″", `"`, "′", "'", "–", "--")
	for i, text := range []string{
		`Tom & Jerry's "office" is open`, "5 < 6 and 7 > 4", "a <b>bold</b> & <script>alert(1)</script> word", "&amp; &lt; &#39; are entities",
		"<3 from us", "it is <not a tag", "x<y", "two\nlines", "ü 🩺 日本語", `back\slash and \"`, "50 % off; $1 [b]x[/b] %s", "call 555-0100 (ask for Kim)",
		"<!-- a comment -->", "]]> and <![CDATA[x]]>", "<a href='x'>link</a>", "&lt;b&gt; & &",
	} {
		to := r.site.AddComments(t, wptest.Comment{Post: post, Text: fmt.Sprint(i)})[0]
		out := r.act(ingest.Reply, to, text)
		if out.Result != ingest.Done {
			t.Errorf("%q: %+v", text, out)
			continue
		}
		if got := straight.Replace(r.shown(post, out.Item)); got != text {
			t.Errorf("%q is shown as %q", text, got)
		}
		o, err := r.Observe(t.Context(), to)
		if err != nil || len(o.Own) != 1 || o.Own[0].Text != text {
			t.Errorf("%q is read back as %+v, %v", text, o.Own, err)
		}
	}
}

// What a visitor types into the form is read as it is shown.
func TestRealVisitorsWords(t *testing.T) {
	r := real(t)
	post := r.post()
	for _, c := range []struct{ typed, text string }{
		{`I'm "better" & so is Tom`, `I'm "better" & so is Tom`},
		{"glucose 5 < 6", "glucose 5 < 6"},
		{"my <b>HIV</b> <i>test</i><script>x</script>", "my HIV testx"}, // the script's tag goes, its text stays
		{"one\r\ntwo\r\n\r\nthree", "one\ntwo\n\nthree"},
		{"<blockquote>you</blockquote>me", "you\nme"},
		{"I <3 you 🩺", "I <3 you 🩺"},
	} {
		id := r.site.Write(t, wptest.Comment{Post: post, Text: c.typed, Author: "Pat & Kim", Email: fmt.Sprint(time.Now().UnixNano(), "@example.test")})
		got := r.mustSweep()[id]
		if got.Content.Text != c.text || got.Content.Author != "Pat & Kim" || got.Own {
			t.Errorf("%q by %q, want %q", got.Content.Text, got.Content.Author, c.text)
		}
	}
}

func TestRealHideKeepsTheEvidence(t *testing.T) {
	r := real(t)
	post := r.post()
	for _, c := range []struct{ ip, agent, keeps string }{
		{"203.0.113.9", "Mozilla/5.0 (patient)", "203.0.113.9"},
		{"2001:db8::7", "", "2001:db8::7"},
		{"", `odd "agent" & so on`, "0.0.0.0"},
		{"203.0.113.9, 198.51.100.2", "x", "203.0.113.9"},
		{"unknown", strings.Repeat("a", 254), "0.0.0.0"},
	} {
		id := r.site.AddComments(t, wptest.Comment{Post: post, Text: "my &amp; rash", IP: c.ip, Agent: c.agent})[0]
		r.requests()
		out := r.act(ingest.Hide, id, "")
		w := r.writes()
		got := r.site.Stored(t, id)
		if out.Result != ingest.Done || len(w) != 1 || got.Status != "0" || got.IP != c.keeps || got.Agent != c.agent || got.Text != "my &amp; rash" {
			t.Errorf("%+v after %v: stored %+v", out, w, got)
		}
		if o, err := r.Observe(t.Context(), id); err != nil || !o.Hidden || o.Gone || o.Text != "my & rash" {
			t.Errorf("observed %+v, %v", o, err)
		}
		if out := r.act(ingest.Hide, id, ""); out.Result != ingest.Done || len(r.writes()) != 0 {
			t.Errorf("again: %+v", out)
		}
	}
	id := r.site.AddComments(t, wptest.Comment{Post: post, Text: "kept up"})[0]
	r.site.Plugin(t, `add_action( 'transition_comment_status', function ( $new, $old, $c ) { if ( 'unapproved' === $new ) { wp_set_comment_status( $c->comment_ID, 'approve' ); } }, 10, 3 );`)
	if out := r.act(ingest.Hide, id, ""); out.Result != ingest.Refused || out.Why == "" {
		t.Errorf("a plugin shows it again: %+v", out)
	}
}

func TestRealTakeDown(t *testing.T) {
	r := real(t)
	post := r.post()
	ids := r.site.AddComments(t, wptest.Comment{Post: post, Text: "a patient's"}, wptest.Comment{Post: post, Text: "ours", User: r.site.UserID}, wptest.Comment{Post: post, Text: "ours too", User: r.site.UserID})
	if out := r.act(ingest.TakeDown, ids[0], ""); out.Result != ingest.Refused || r.site.Stored(t, ids[0]).Status != "1" {
		t.Errorf("a patient's comment: %+v", out)
	}
	r.requests()
	for i, writes := range []int{1, 0} { // the second time it lies in the trash
		if out := r.act(ingest.TakeDown, ids[1], ""); out.Result != ingest.Done || len(r.writes()) != writes || r.site.Stored(t, ids[1]).Status != "trash" {
			t.Errorf("%d: %+v", i, out)
		}
	}
	if o, err := r.Observe(t.Context(), ids[1]); err != nil || !o.Gone {
		t.Errorf("observed %+v, %v", o, err)
	}
	r.site.Plugin(t, `add_filter( 'rest_comment_trashable', '__return_false' );`)
	if out := r.act(ingest.TakeDown, ids[2], ""); out.Result != ingest.Refused || out.Code != "rest_trash_not_supported" {
		t.Errorf("without a trash: %+v", out)
	}
	r.site.Do(t, `wp_delete_comment( $a[0], true );`, ids[2])
	if out := r.act(ingest.TakeDown, ids[2], ""); out.Result != ingest.Done {
		t.Errorf("deleted: %+v", out)
	}
}

// What WordPress says to a reply that it does not take, or takes and keeps back.
func TestRealRepliesNotShown(t *testing.T) {
	const hold, spammed, flood = `add_filter( 'pre_comment_approved', function () { return 0; } );`, `add_filter( 'pre_comment_approved', function () { return 'spam'; } );`,
		`add_filter( 'wp_is_comment_flood', '__return_true' );`
	for name, c := range map[string]struct {
		plugin string
		change string // of the comment or its post, as PHP with their ids
		want   ingest.Outcome
		writes int
	}{
		"waits":          {hold, "", ingest.Outcome{Result: ingest.Done, Standing: ingest.Pending}, 1},
		"taken for spam": {spammed, "", ingest.Outcome{Result: ingest.Done, Standing: ingest.Rejected}, 1},
		"too fast":       {flood, "", ingest.Outcome{Result: ingest.Later, Code: "comment_flood", After: floodWait}, 1},
		"closed":         {"", `wp_update_post( array( 'ID' => $a[1], 'comment_status' => 'closed' ) );`, ingest.Outcome{Result: ingest.Refused, Code: "rest_comment_closed"}, 1},
		"closed by age":  {`add_filter( 'comments_open', '__return_false' );`, "", ingest.Outcome{Result: ingest.Refused, Code: "rest_comment_closed"}, 1},
		"a draft":        {"", `wp_update_post( array( 'ID' => $a[1], 'post_status' => 'draft' ) );`, ingest.Outcome{Result: ingest.Refused, Code: "rest_comment_draft_post"}, 1},
		"post in trash":  {"", `wp_trash_post( $a[1] );`, ingest.Outcome{Result: ingest.Refused}, 0},
		"post deleted":   {"", `wp_delete_post( $a[1], true );`, ingest.Outcome{Result: ingest.Refused, Code: "rest_comment_invalid_id"}, 0},
		"in trash":       {"", `wp_trash_comment( $a[0] );`, ingest.Outcome{Result: ingest.Refused}, 0},
		"spam":           {"", `wp_spam_comment( $a[0] );`, ingest.Outcome{Result: ingest.Refused}, 0},
		"deleted":        {"", `wp_delete_comment( $a[0], true );`, ingest.Outcome{Result: ingest.Refused, Code: "rest_comment_invalid_id"}, 0},
		"failing":        {`add_filter( 'rest_pre_insert_comment', function () { return new WP_Error( 'rest_comment_failed_create', 'x', array( 'status' => 500 ) ); } );`, "", ingest.Outcome{Result: ingest.Unclear, Code: "rest_comment_failed_create"}, 1},
		"breaking":       {`add_action( 'rest_insert_comment', function () { no_such_function(); } );`, "", ingest.Outcome{Result: ingest.Unclear, Code: "internal_server_error"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := real(t)
			post := r.post()
			id := r.site.AddComments(t, wptest.Comment{Post: post, Text: "my rash"})[0]
			if c.change != "" {
				r.site.Do(t, c.change, id, post)
			}
			if c.plugin != "" {
				r.site.Plugin(t, c.plugin)
			}
			out := r.act(ingest.Reply, id, "Please call us.")
			w, why := r.writes(), out.Why
			made := out.Item
			out.Item, out.Why = "", ""
			if out != c.want || len(w) != c.writes || (out.Result == ingest.Done) != (made != "") || (out.Result != ingest.Done) != (why != "") {
				t.Errorf("%+v %q after %v, want %+v", out, why, w, c.want)
			}
			if c.want.Standing == ingest.Pending && r.shown(post, made) != "" {
				t.Error("and yet it is shown")
			}
		})
	}
}

// The lost answer: stored, then cut. The outcome is unclear, one reply stands,
// and looking finds it.
func TestRealLostAnswer(t *testing.T) {
	for kind, seen := range map[ingest.ActionKind]func(ingest.Observation) bool{
		ingest.Reply: func(o ingest.Observation) bool { return len(o.Own) == 1 && o.Own[0].Text == "hi & <bye>" },
		ingest.Hide:  func(o ingest.Observation) bool { return o.Hidden },
	} {
		for _, after := range []bool{true, false} {
			r := real(t)
			id := r.site.AddComments(t, wptest.Comment{Post: r.post(), Text: "a"})[0]
			r.mustSweep()
			r.requests()
			r.answer = func(w http.ResponseWriter, req *http.Request) {
				if req.Method != http.MethodGet {
					if after {
						r.next.ServeHTTP(blind{w}, req)
					}
					panic(http.ErrAbortHandler)
				}
				r.next.ServeHTTP(w, req)
			}
			out := r.act(kind, id, "hi & <bye>")
			if out.Result != ingest.Unclear || out.Why == "" || len(r.writes()) != 1 {
				t.Errorf("%s: %+v", kind, out)
			}
			if o, err := r.Observe(t.Context(), id); err != nil || seen(o) != after {
				t.Errorf("%s, cut after %v: observed %+v, %v", kind, after, o, err)
			}
		}
	}
}

// blind swallows what is answered.
type blind struct{ http.ResponseWriter }

func (b blind) Write(p []byte) (int, error) { return io.Discard.Write(p) }
func (b blind) WriteHeader(int)             {}
