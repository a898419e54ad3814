package x_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"triage/internal/sandbox"
)

func TestMentionsNewestFirstWithDefaults(t *testing.T) {
	b := open(t)
	b.want("empty", fmt.Sprint(b.get(mentions).body), "map[meta:map[result_count:0]]")
	first := b.say("my knee", `,"author":"Pat Example","created":"2026-09-01T09:00:00Z"`)
	second := b.say("my rash", `,"created":"2026-09-01T09:00:00Z"`) // in the same second
	third := b.say("@cedarfamily my back", "")
	b.say("not about you", `,"more":{"mention":"none"}`)
	b.say("look at them", `,"more":{"mention":"quote"}`)
	b.say("we answer", `,"author":"Cedar Family Practice"`)
	r := b.get(mentions)
	b.want("newest first", r.ids(), third+" "+second+" "+first)
	b.want("without fields", fmt.Sprint(r.at("data", 2)), "map[edit_history_tweet_ids:["+first+"] id:"+first+" text:@cedarfamily my knee]")
	b.want("newest", r.at("meta", "newest_id"), third)
	b.want("oldest", r.at("meta", "oldest_id"), first)
	b.want("count", r.at("meta", "result_count"), 3.0)
}

func TestBoundsOfAList(t *testing.T) {
	b := open(t)
	var ids []string
	for i := range 8 {
		ids = append([]string{b.say("a", fmt.Sprintf(`,"created":"2026-09-01T09:%02d:00Z"`, i))}, ids...)
	}
	all := strings.Join(ids, " ")
	for query, want := range map[string]string{
		"since_id=" + ids[5]:                                     strings.Join(ids[:5], " "), // exclusive
		"until_id=" + ids[5]:                                     strings.Join(ids[6:], " "),
		"start_time=2026-09-01T09:06:00Z":                        strings.Join(ids[:2], " "),
		"end_time=2026-09-01T09:02:00Z":                          strings.Join(ids[6:], " "),
		"start_time=2026-09-01T09:06:00Z&since_id=" + ids[7]:     strings.Join(ids[:7], " "), // since_id wins
		"max_results=5":                                          strings.Join(ids[:5], " "),
		"since_id=" + ids[0]:                                     "",
		"max_results=100&start_time=2020-01-01T00:00:00%2B02:00": all,
		"since_id=1":                                             all,
		"until_id=" + ids[3] + "&since_id=" + ids[6]:             ids[4] + " " + ids[5],
	} {
		b.want(query, b.get(mentions+"?"+query).ids(), want)
	}
	for _, wrong := range []string{"max_results=4", "max_results=101", "since_id=a", "start_time=today", "pagination_token=x", "tweet.fields=colour",
		"expansions=nobody", "user.fields=shoe", "colour=red", "exclude=replies"} {
		r := b.get(mentions + "?" + wrong)
		b.says(wrong, r, 400, "https://api.twitter.com/2/problems/invalid-request")
		b.want(wrong, r.header.Get("Content-Type"), "application/problem+json; charset=utf-8")
	}
}

// Pages are cut where the last one ended, whatever came since.
func TestPages(t *testing.T) {
	b := open(t)
	for i := range 12 {
		b.say(fmt.Sprint(i), "")
	}
	first := b.get(mentions + "?max_results=5")
	b.say("came since", "")
	next := b.get(mentions + "?max_results=5&pagination_token=" + first.at("meta", "next_token").(string))
	last := b.get(mentions + "?max_results=5&pagination_token=" + next.at("meta", "next_token").(string))
	b.want("second", next.at("data", 0, "text"), "@cedarfamily 6")
	b.want("last", last.at("data", 1, "text"), "@cedarfamily 0")
	b.want("end", last.at("meta", "next_token"), nil)
	back := b.get(mentions + "?max_results=5&pagination_token=" + last.at("meta", "previous_token").(string))
	b.want("back", back.ids(), next.ids())
	b.turn("mentions-kept", "7")
	rest := b.get(mentions + "?max_results=100")
	b.want("only the newest are kept", rest.at("meta", "result_count"), 7.0)
}

func TestShortAndEmptyPages(t *testing.T) {
	b := open(t)
	var ids []string
	for i := range 11 {
		ids = append(ids, b.say(fmt.Sprint(i), fmt.Sprintf(`,"author":"Person %d"`, i)))
	}
	for _, id := range ids[6:] {
		b.send("DELETE", "/_sandbox/comments/"+id, "")
	}
	b.send("PATCH", "/_sandbox/comments/"+ids[5], `{"more":{"protected":"true"}}`)
	r := b.get(mentions + "?max_results=5")
	b.want("a protected one is missing", r.at("meta", "result_count"), 4.0)
	b.turn("pages", "short")
	r = b.get(mentions + "?max_results=5")
	b.want("empty", r.at("meta", "result_count"), 0.0)
	b.want("no data", r.at("data"), nil)
	if r.at("meta", "next_token") == nil {
		t.Error("the empty page has no next")
	}
}

func TestAPostInFull(t *testing.T) {
	b := open(t)
	seed := b.post()
	id := b.say("MRI & <fine> #mri", `,"author":"Pat Example","media":"photo"`)
	implicit := b.say("knee surgery 💊", `,"author":"Kim Lee","more":{"mention":"implicit","dm":"closed","lang":"es"}`)
	r := b.get("/2/tweets?ids=" + id + "," + implicit + "&" + fields)
	p, q := r.at("data", 0), r.at("data", 1)
	b.want("escaped", at(p, "text"), "@cedarfamily MRI &amp; &lt;fine&gt; #mri "+at(p, "entities", "urls", 0, "url").(string))
	b.want("shown from", at(p, "display_text_range", 0), 0.0)
	b.want("shown to", at(p, "display_text_range", 1), float64(len("@cedarfamily MRI &amp; &lt;fine&gt; #mri")))
	b.want("tag", at(p, "entities", "hashtags", 0, "start"), float64(len("@cedarfamily MRI &amp; &lt;fine&gt; ")))
	b.want("mention", at(p, "entities", "mentions", 0, "id"), sandbox.XUserID)
	b.want("picture", at(p, "attachments", "media_keys", 0), r.at("includes", "media", 0, "media_key"))
	b.want("conversation", at(p, "conversation_id"), b.first())
	b.want("reply to", at(p, "in_reply_to_user_id"), sandbox.XUserID)
	b.want("referenced", at(p, "referenced_tweets", 0, "type"), "replied_to")
	b.want("referenced post", r.at("includes", "tweets", 0, "id"), b.first())
	b.want("created", at(p, "created_at"), "2026-09-01T10:00:00.000Z")
	b.want("author", at(p, "author_id"), r.at("includes", "users", 0, "id"))
	b.want("username", r.at("includes", "users", 0, "username"), "pat_example")
	b.want("DM", r.at("includes", "users", 0, "receives_your_dm"), true)
	b.want("no DM", r.at("includes", "users", 1, "receives_your_dm"), false)
	b.want("implicit text", at(q, "text"), "@cedarfamily knee surgery 💊")
	b.want("implicit from", at(q, "display_text_range", 0), float64(len("@cedarfamily ")))
	b.want("code points", at(q, "display_text_range", 1), float64(utf8.RuneCountInString("@cedarfamily knee surgery 💊")))
	b.want("lang", at(q, "lang"), "es")
	b.want("absent, not null", fmt.Sprint(b.get("/2/tweets/"+seed+"?"+fields).at("data", "referenced_tweets")), "<nil>")
}

// first is the id of the practice's oldest post, under which people comment.
func (b *box) first() string {
	list := strings.Fields(b.get("/2/users/" + sandbox.XUserID + "/tweets?exclude=replies").ids())
	return list[len(list)-1]
}

func TestLongPost(t *testing.T) {
	b := open(t)
	long := strings.Repeat("my knee & back hurt ", 30)
	id := b.say(long, "")
	p := b.get("/2/tweets/" + id + "?" + fields).at("data")
	text, note := at(p, "text").(string), at(p, "note_tweet", "text").(string)
	if n := utf8.RuneCountInString(strings.ReplaceAll(text, "&amp;", "&")); n > 280 || n < 270 || !strings.HasSuffix(text, "…") {
		t.Errorf("the text has %d characters: %q", n, text)
	}
	b.want("note", note, "@cedarfamily "+strings.ReplaceAll(long, "&", "&amp;"))
	short := b.get("/2/tweets/" + b.say("short", "") + "?" + fields)
	b.want("no note", short.at("data", "note_tweet"), nil)
}

func TestTheNewSpelling(t *testing.T) {
	b := open(t)
	id := b.say(strings.Repeat("my knee and back hurt ", 30), `,"author":"Ann"`)
	r := b.get("/2/tweets/" + id + "?post.fields=note_post,public_metrics&expansions=author_id,referenced_posts,in_reply_to_user_id")
	b.want("note", len(at(r.at("data", "note_post"), "text").(string)) > 300, true)
	b.want("history", r.at("data", "edit_history_post_ids", 0), id)
	b.want("reference", r.at("data", "referenced_posts", 0, "id"), b.first())
	b.want("author", r.at("data", "author_id"), r.at("includes", "users", 0, "id"))
	b.want("reply to", r.at("data", "in_reply_to_user_id"), sandbox.XUserID)
	b.want("included", r.at("includes", "posts", 0, "id"), b.first())
	b.want("reposts", r.at("data", "public_metrics", "repost_count"), 0.0)
	b.says("an old name", b.get("/2/tweets/"+id+"?post.fields=note_tweet"), 400, "api.x.com/2/problems/invalid-request")
	b.want("the old one without fields", b.get("/2/tweets/"+id).at("data", "edit_history_tweet_ids", 0), id)
	b.turn("spelling", "post")
	b.want("the new one without fields", b.get("/2/tweets/"+id).at("data", "edit_history_post_ids", 0), id)
	b.want("of what is written", b.tweet("a", "").at("data", "edit_history_tweet_ids"), nil)
}

func TestEdits(t *testing.T) {
	b := open(t)
	id := b.say("my nkee", `,"more":{"conversation":"own"}`)
	other := b.say("other", "")
	b.wait(time.Minute)
	b.send("PATCH", "/_sandbox/comments/"+id, `{"text":"my knee"}`)
	r := b.get(mentions + "?since_id=" + other + "&" + fields)
	edited, _ := r.at("data", 0, "id").(string)
	b.want("a new id", edited != id && edited != "", true)
	b.want("oldest id first", fmt.Sprint(r.at("data", 0, "edit_history_tweet_ids")), "["+id+" "+edited+"]")
	b.want("left", r.at("data", 0, "edit_controls", "edits_remaining"), 4.0)
	b.want("until", r.at("data", 0, "edit_controls", "editable_until"), "2026-09-01T10:30:00.000Z")
	r = b.get("/2/tweets?ids=" + id + "," + edited)
	b.want("the first version", r.at("data", 0, "text"), "@cedarfamily my nkee")
	b.want("the second", r.at("data", 1, "text"), "@cedarfamily my knee")
	b.want("conversation", b.get("/2/tweets/"+edited+"?"+fields).at("data", "conversation_id"), id)
	b.want("once in the list", b.get(mentions).at("meta", "result_count"), 2.0)
	b.wait(time.Minute)
	below := b.say("after the edit", `,"parent":"`+id+`"`)
	early := b.say("before the edit", `,"parent":"`+id+`","created":"2026-09-01T10:00:30Z"`)
	r = b.get("/2/tweets?ids=" + below + "," + early + "&" + fields)
	b.want("answers the edited one", r.at("data", 0, "referenced_tweets", 0, "id"), edited)
	b.want("answers the first one", r.at("data", 1, "referenced_tweets", 0, "id"), id)
	b.turn("edits", "as-x")
	patch := func(id string) reply { return b.send("PATCH", "/_sandbox/comments/"+id, `{"text":"again"}`) }
	b.says("a reply", patch(other), 400, "reply")
	b.says("in time", patch(id), 200, id)
	b.wait(30 * time.Minute)
	b.says("late", patch(id), 400, "over")
	b.send("DELETE", "/_sandbox/comments/"+id, "")
	b.says("the chain is gone", b.get("/2/tweets/"+edited), 200, "resource-not-found")
}

func TestPartialErrors(t *testing.T) {
	b := open(t)
	gone := b.say("gone", `,"author":"Ann"`)
	answer := b.say("to one that is gone", `,"author":"Bob","parent":"`+gone+`"`)
	suspended := b.say("suspended", `,"author":""`)
	shy := b.say("protected", `,"author":"Cleo","more":{"protected":"true"}`)
	b.send("DELETE", "/_sandbox/comments/"+gone, "")
	r := b.get("/2/tweets?ids=5," + answer + "," + suspended + "," + shy + "&" + fields)
	b.want("status", r.status, 200)
	b.want("what is there", r.ids(), answer+" "+suspended)
	var got []string
	list, _ := r.at("errors").([]any)
	for _, e := range list {
		kind := at(e, "type").(string)
		got = append(got, fmt.Sprint(at(e, "resource_type"), " ", kind[strings.LastIndexByte(kind, '/')+1:], " ", at(e, "parameter")))
	}
	b.want("errors", strings.Join(got, "\n"), strings.Join([]string{"tweet resource-not-found ids", "tweet resource-not-found referenced_tweets.id",
		"user resource-not-found author_id", "tweet not-authorized-for-resource ids"}, "\n"))
	r = b.get("/2/tweets/" + gone)
	b.want("nothing but errors", len(r.body.(map[string]any)), 1)
	b.want("nobody", b.get("/2/users/5").at("errors", 0, "resource_type"), "user")
}

// Permission that was lost looks as if all were gone.
func TestAllIsHiddenAtOnce(t *testing.T) {
	b := open(t)
	id := b.say("my knee", "")
	for value, kind := range map[string]string{"unauthorized": "not-authorized-for-resource", "missing": "resource-not-found"} {
		b.turn("posts", value)
		b.says(value, b.get("/2/tweets?ids="+id), 200, kind)
		b.want(value, b.get(mentions).at("meta", "result_count"), 0.0)
		b.want("our own stay", b.get("/2/tweets/"+b.post()).at("data", "id"), b.post())
	}
	b.turn("posts", "visible")
	b.want("and back", b.get(mentions).ids(), id)
}

func TestConversations(t *testing.T) {
	b := open(t)
	b.wait(time.Hour)
	root := b.say("a thread of mine", `,"author":"Ann","more":{"conversation":"own"}`)
	below := b.say("me too", `,"author":"Bob","parent":"`+root+`"`)
	implicit := b.say("and me", `,"author":"Bob","parent":"`+root+`","more":{"mention":"implicit"}`)
	ours := b.say("Hello", `,"author":"Cedar Family Practice","parent":"`+below+`"`)
	quote := b.say("they say", `,"more":{"mention":"quote"}`)
	search := func(query string) string {
		return b.get("/2/tweets/search/recent?max_results=10&" + fields + "&query=" + strings.ReplaceAll(query, " ", "%20")).ids()
	}
	b.want("conversation", search("conversation_id:"+root), strings.Join([]string{ours, implicit, below, root}, " "))
	b.want("from us", search("conversation_id:"+root+" from:cedarfamily"), ours)
	b.want("without us", search("conversation_id:"+root+" -from:"+sandbox.XUserID+" is:reply"), implicit+" "+below)
	b.want("quotes", search("quotes_of_tweet_id:"+b.first()), quote)
	b.says("unknown", b.get("/2/tweets/search/recent?query=near:here"), 400, "invalid-request")
	b.says("five are too few", b.get("/2/tweets/search/recent?query=is:reply&max_results=5"), 400, "invalid-request")
	r := b.get("/2/tweets?ids=" + below + "," + implicit + "," + ours + "," + quote + "&" + fields)
	for i, want := range []string{"@ann @cedarfamily me too", "@ann @cedarfamily and me", "@bob Hello"} {
		b.want("text", r.at("data", i, "text"), want)
	}
	b.want("explicit after the one answered", r.at("data", 0, "display_text_range", 0), 5.0)
	b.want("both are before", r.at("data", 1, "display_text_range", 0), 18.0)
	b.want("quoted", r.at("data", 3, "referenced_tweets", 0, "type"), "quoted")
	b.wait(8 * 24 * time.Hour)
	b.want("the search forgets", search("conversation_id:"+root), "")
}
