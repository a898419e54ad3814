package sandbox

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// set changes a switch.
func (b *box) set(platform, name, value string) {
	b.Helper()
	if status, out := b.do("POST", "/_sandbox/switches", fmt.Sprintf(`{"platform":%q,"name":%q,"value":%q}`, platform, name, value)); status != 200 {
		b.Fatalf("switch %s %s: %d %v", platform, name, status, out)
	}
}

// get asks for a path with query, and with the Page's token unless it names one.
func (b *box) get(path, query string) map[string]any {
	b.Helper()
	form, err := url.ParseQuery(query)
	if err != nil {
		b.Fatal(err)
	}
	_, out := b.graph("GET", path, form)
	return out
}

// media makes a post on Instagram with n comments a minute apart, and gives its id
// and theirs, oldest first.
func (b *box) media(n int) (media string, made []string) {
	b.Helper()
	at0 := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)
	for i := range n {
		made = append(made, b.say(fmt.Sprintf(`{"platform":"instagram","text":"comment %d","author":"Pat %d","post":"Flu shots","created":%q}`,
			i, i, at0.Add(time.Duration(i)*time.Minute).Format(time.RFC3339))))
	}
	return at(b.get("/v26.0/"+made[0], "fields=media"), "media", "id").(string), made
}

func TestInstagramIsFoundThroughThePage(t *testing.T) {
	b := open(t, Options{})
	b.media(2)
	out := b.get("/v26.0/me", "fields=id,category,instagram_business_account{id,username,media.limit(1){caption,comments.limit(1){text,username,replies{text}}}}")
	account := at(out, "instagram_business_account")
	b.want("id", at(account, "id"), InstagramID)
	b.want("username", at(account, "username"), InstagramName)
	b.want("newest media", at(account, "media", "data", 0, "caption"), "Our phones are open until 6 pm again. What else would make your life easier?")
	next := at(account, "media", "paging", "next").(string)
	u, _ := url.Parse(next)
	b.want("next is the account's", u.Path, "/v26.0/"+InstagramID+"/media")

	out = b.get("/me/accounts", "access_token="+UserToken+"&fields=id,access_token,instagram_business_account")
	b.want("in the accounts", at(out, "data", 0, "instagram_business_account", "id"), InstagramID)
	for _, c := range []struct{ name, value string }{{"linked", "no"}, {"account", "PERSONAL"}} {
		b.set("instagram", c.name, c.value)
		b.want(c.name, at(b.get("/me", "fields=instagram_business_account"), "instagram_business_account"), nil)
		b.want(c.name+" and by id", at(b.get("/"+InstagramID, ""), "error", "error_subcode"), 33.0)
		b.set("instagram", c.name, map[string]string{"linked": "yes", "account": "BUSINESS"}[c.name])
	}
}

func TestInstagramMedia(t *testing.T) {
	b := open(t, Options{})
	media, made := b.media(2)
	b.say(`{"platform":"instagram","text":"a reply","parent":"` + made[0] + `"}`)
	b.say(`{"platform":"instagram","text":"on an ad","post":"Ad","kind":"dark"}`)
	list := b.get("/"+InstagramID+"/media", "fields=id,caption,timestamp,comments_count,permalink,media_product_type,media_type")
	if n := len(at(list, "data").([]any)); n != 4 {
		t.Errorf("%d media: an advertisement is in no list", n)
	}
	if at(list, "paging") != nil {
		t.Error("the last page speaks of paging")
	}
	var one any
	for _, m := range at(list, "data").([]any) {
		if at(m, "id") == media {
			one = m
		}
	}
	b.want("replies are counted too", at(one, "comments_count"), 3.0)
	b.want("product", at(one, "media_product_type"), "FEED")
	if _, err := time.Parse("2006-01-02T15:04:05-0700", at(one, "timestamp").(string)); err != nil {
		t.Error(err)
	}
	b.do("DELETE", "/_sandbox/comments/"+made[1], "")
	b.want("deleted ones are not", at(b.get("/"+media, "fields=comments_count"), "comments_count"), 2.0)
	ids := b.get("/"+InstagramID+"/media", "")
	b.want("default fields", len(at(ids, "data", 0).(map[string]any)), 1)
	old := b.get("/"+InstagramID+"/media", "until=2026-09-02")
	b.want("until", at(old, "data", 0, "id"), media)
	b.want("since", at(b.get("/"+InstagramID+"/media", "since=2226-09-02"), "data", 0), nil)
	b.want("not a field", at(b.get("/"+media, "fields=message"), "error", "type"), "IGApiException")
	if status, _ := b.do("POST", "/_sandbox/comments", `{"platform":"instagram","text":"x","post":"new","kind":"visitor"}`); status != 400 {
		t.Errorf("somebody else posts: %d", status)
	}
}

func TestInstagramComments(t *testing.T) {
	b := open(t, Options{})
	media, made := b.media(3)
	reply := b.say(`{"platform":"instagram","text":"mine too","author":"Kim","parent":"` + made[1] + `"}`)
	deeper := b.say(`{"platform":"instagram","text":"and mine","author":"Lee","parent":"` + reply + `"}`)
	own := b.say(`{"platform":"instagram","text":"Thank you","author":"` + InstagramName + `","parent":"` + reply + `"}`)
	list := b.get("/v26.0/"+media+"/comments", "")
	b.want("only the top ones, newest first", ids(at(list, "data")), made[2]+" "+made[1]+" "+made[0])
	b.want("default fields", len(at(list, "data", 0).(map[string]any)), 3)
	b.want("no time filter", ids(at(b.get("/"+media+"/comments", "since=2226-01-01"), "data")), ids(at(list, "data")))

	all := "id,text,timestamp,from,hidden,username,user,parent_id,like_count,media{id,media_product_type},legacy_instagram_comment_id,replies{text,parent_id,user{id},from}"
	one := at(b.get("/"+media+"/comments", "fields="+all), "data", 1)
	b.want("username", at(one, "username"), "pat.1")
	b.want("from", at(one, "from", "username"), "pat.1")
	b.want("user is only told of one's own", at(one, "user"), nil)
	b.want("media", at(one, "media", "media_product_type"), "FEED")
	b.want("no parent", at(one, "parent_id"), nil)
	b.want("replies, oldest first", ids(at(one, "replies", "data")), reply+" "+deeper+" "+own)
	b.want("a reply to a reply is the top one's", at(one, "replies", "data", 1, "parent_id"), made[1])
	b.want("own", at(one, "replies", "data", 2, "user", "id"), InstagramID)
	b.want("own from", at(one, "replies", "data", 2, "from", "id"), InstagramID)
	b.want("no replies, no key", at(b.get("/"+made[0], "fields=replies{id}"), "replies"), nil)
	b.want("below the top one in the state", len(b.server.State().Comments[1].Replies), 3)
	b.want("by edge", ids(at(b.get("/"+made[1]+"/replies", "limit=2"), "data")), reply+" "+deeper)
	b.want("replies of a reply", ids(at(b.get("/"+reply+"/replies", ""), "data")), "")
	b.want("comments of a comment", at(b.get("/"+made[1]+"/comments", ""), "error", "code"), 100.0)
	b.want("several", at(b.get("/", "ids="+made[0]+","+reply+"&fields=text"), reply, "text"), "mine too")
	b.do("DELETE", "/_sandbox/comments/"+reply, "")
	b.want("what answered a deleted reply stands", ids(at(b.get("/"+made[1]+"/replies", ""), "data")), deeper+" "+own)
	nobody := b.say(`{"platform":"instagram","text":"x","author":""}`)
	b.want("nameless", at(b.get("/"+nobody, "fields=from,username"), "from"), nil)
}

// pages reads all of them and gives what is on each.
func (b *box) pages(path, query string) (pages []string) {
	b.Helper()
	for {
		out := b.get(path, query)
		pages = append(pages, ids(out["data"]))
		next, _ := at(out, "paging", "next").(string)
		if next == "" || len(pages) > 50 {
			return pages
		}
		u, err := url.Parse(next)
		if err != nil || "http://"+u.Host != b.url || u.Query().Get("access_token") == "" {
			b.Fatalf("next is %q", next)
		}
		path, query = u.Path, u.RawQuery
	}
}

func TestInstagramPages(t *testing.T) {
	b := open(t, Options{})
	media, made := b.media(120)
	var sizes []int
	for _, page := range b.pages("/v26.0/"+media+"/comments", "limit=100") {
		sizes = append(sizes, len(strings.Fields(page)))
	}
	b.want("at most 50", fmt.Sprint(sizes), "[50 50 20]")
	b.want("25 unless said", len(at(b.get("/"+media+"/comments", ""), "data").([]any)), 25)

	first := b.get("/"+media+"/comments", "limit=1")
	after := at(first, "paging", "cursors", "after").(string)
	b.do("DELETE", "/_sandbox/comments/"+made[119], "")
	b.want("a cursor dies with its comment", at(b.get("/"+media+"/comments", "after="+after), "error", "code"), 100.0)
	for i := 118; i > 70; i-- {
		b.do("DELETE", "/_sandbox/comments/"+made[i], "")
	}
	sizes = nil
	for _, page := range b.pages("/"+media+"/comments", "limit=40") {
		sizes = append(sizes, len(strings.Fields(page)))
	}
	b.want("empty and short pages", fmt.Sprint(sizes), "[0 31 40]")

	last := b.get("/"+made[0]+"/replies", "")
	b.want("the last page is bare", at(last, "paging"), nil)
	b.say(`{"platform":"instagram","text":"a","parent":"` + made[0] + `"}`)
	b.set("instagram", "last-page", "cursors")
	last = b.get("/"+made[0]+"/replies", "")
	if at(last, "paging", "cursors", "after") == nil || at(last, "paging", "next") != nil {
		t.Errorf("the last page with cursors: %v", last)
	}
}

func TestPagesAreShortOrHaveGaps(t *testing.T) {
	b := open(t, Options{})
	media, made := b.media(3)
	post, posted := b.thread(3)
	for _, c := range []struct{ platform, path, how, want string }{
		{"facebook", post, "short", posted[0] + "|" + posted[1] + "|" + posted[2]},
		{"facebook", post, "gaps", "|" + posted[0] + " " + posted[1] + "||" + posted[2]},
		{"instagram", media, "short", made[2] + "|" + made[1] + "|" + made[0]},
		{"instagram", media, "gaps", "|" + made[2] + " " + made[1] + "||" + made[0]},
	} {
		b.set(c.platform, "pages", c.how)
		b.want(c.platform+" "+c.how, strings.Join(b.pages("/v26.0/"+c.path+"/comments", "limit=2&fields=id"), "|"), c.want)
	}
}
