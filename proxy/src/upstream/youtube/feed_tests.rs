use almanac_wire::UnknownReason;

use super::*;
use crate::upstream::testing::{NOW, because, reading};

const CHANNEL: &str = "UCaaaaaaaaaaaaaaaaaaaaaa";

fn feed(entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns:yt=\"http://www.youtube.com/xml/schemas/2015\" \
         xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns=\"http://www.w3.org/2005/Atom\">\
         <link rel=\"self\" href=\"http://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}\"/>\
         <yt:channelId>aaaaaaaaaaaaaaaaaaaaaa</yt:channelId><title>Mira &amp; co</title>{entries}</feed>"
    )
}

fn entry(id: &str, channel: &str) -> String {
    format!(
        "<entry><id>yt:video:{id}</id><yt:videoId>{id}</yt:videoId><yt:channelId>{channel}</yt:channelId>\
         <title>&lt;yt:videoId&gt;evil&lt;/yt:videoId&gt;</title>\
         <media:group><media:description>x<yt:videoId>deeper</yt:videoId></media:description></media:group></entry>"
    )
}

fn read(status: u16, body: &str) -> Result<Feed, Outcome> {
    reading(status, body, |reply| read_feed(reply, CHANNEL, NOW))
}

fn videos(body: &str) -> Vec<String> {
    match read(200, body) {
        Ok(Feed::Videos(videos)) => videos,
        other => panic!("{other:?}: {body}"),
    }
}

#[test]
fn a_feed_names_the_channels_own_videos() {
    let entries = [entry("dQw4w9WgXcQ", CHANNEL), entry("-_aaaaaaaa1", CHANNEL)].concat();
    assert_eq!(videos(&feed(&entries)), ["dQw4w9WgXcQ", "-_aaaaaaaa1"]);
    let others = entry("dQw4w9WgXcQ", "UCbbbbbbbbbbbbbbbbbbbbbb");
    assert_eq!(videos(&feed(&others)), [""; 0]);
    assert_eq!(videos(&feed("")), [""; 0]);
    assert_eq!(videos(&feed(&entry("a/../b?c=d&amp;e", CHANNEL))), [""; 0]);
    assert_eq!(videos(&feed(&entry("aaaaaaaaaaa", CHANNEL).repeat(99))).len(), MOST);
}

#[test]
fn half_a_feed_proves_nothing() {
    let whole = feed(&entry("dQw4w9WgXcQ", CHANNEL));
    for length in (0..whole.len()).filter(|length| whole.is_char_boundary(*length)) {
        assert_eq!(read(200, &whole[..length]), Ok(Feed::Failed), "{length}");
    }
    for body in ["", "{}", "<html><feed></feed></html>", "<feed></entry></feed>", "<rss></rss>"] {
        assert_eq!(read(200, body), Ok(Feed::Failed), "{body}");
    }
}

#[test]
fn feeds_fail_in_waves_and_that_is_not_the_channels_end() {
    for status in [404, 400, 500, 502, 503] {
        assert_eq!(read(status, "<html>"), Ok(Feed::Failed), "{status}");
    }
    for (status, reason) in [
        (302, UnknownReason::Blocked),
        (403, UnknownReason::Blocked),
        (429, UnknownReason::RateLimited),
    ] {
        assert_eq!(because(&read(status, "").unwrap_err()), reason, "{status}");
    }
}
