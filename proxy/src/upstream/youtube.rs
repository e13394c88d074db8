//! YouTube: feeds and the Data API, with a key that anybody can make. A channel's feed, which
//! costs nothing, names its latest videos; one unit of the API's day tells which of up to fifty
//! videos are live.

mod check;
mod feed;
mod history;
mod reply;
mod watched;

use std::collections::HashMap;
use std::time::Duration;

use almanac_wire::{AccountId, Outcome, Platform, Reveals, is_channel_id};
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{RequestBuilder, Url};

use crate::clock::Clock;
use crate::upstream::adapters::{Connect, ConnectError, Place};
use crate::upstream::credentials::Needs;
use crate::upstream::http::{Http, HttpError, fetch, route};
use crate::upstream::names::{Known, Names};
use crate::upstream::payer::Payer;
use crate::upstream::secret::Secret;
use crate::upstream::{Asking, Purse, Recalling, Upstream};
pub(crate) use feed::{Feed, read_feed};
#[cfg(any(test, fuzzing))]
pub(crate) use history::past;
pub(crate) use reply::{Video, read_channels, read_uploads, read_videos};
pub(crate) use watched::Watched;

/// Videos in one request.
const VIDEOS: usize = 50;
/// For a history: the uploads, and what they are.
const HISTORY_REQUESTS: u32 = 2;
/// All that is read of a video; descriptions are long.
const FIELDS: &str = "items(id,snippet(channelId,title,liveBroadcastContent),liveStreamingDetails)";

/// Asks YouTube.
#[derive(Debug)]
pub(crate) struct Youtube {
    /// The key goes with what it sends.
    api: Http,
    feeds: Http,
    api_base: Url,
    feed_base: Url,
    clock: Clock,
    /// The channels of handles.
    channels: Names<String>,
    watched: Watched,
    /// How long feeds are read for one check.
    longest_look: Duration,
}

impl Youtube {
    /// Where the API is.
    const URL: &str = "https://youtube.googleapis.com";
    /// Where the feeds are.
    const FEED_URL: &str = "https://www.youtube.com";

    pub(crate) fn new(
        api_base: Url,
        feed_base: Url,
        key: &Secret,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, HttpError> {
        let mut headers = HeaderMap::new();
        // Not in the URL, where others put it: that reaches logs.
        headers.insert(HeaderName::from_static("x-goog-api-key"), key.header().clone());
        Ok(Self {
            api: Http::new(timeout, headers)?,
            feeds: Http::new(timeout, HeaderMap::new())?,
            api_base,
            feed_base,
            clock,
            channels: Names::new(),
            watched: Watched::default(),
            longest_look: check::LONGEST_LOOK,
        })
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        self.api.get(route(&self.api_base, ["youtube", "v3", path])).query(query)
    }

    /// Learns which channel an account is.
    async fn channel(&self, account: &AccountId, payer: &mut Payer<'_>) -> Result<String, Outcome> {
        let handle = account.handle();
        if is_channel_id(handle) {
            return Ok(handle.to_owned());
        }
        match self.channels.get(handle, self.clock.now()) {
            Known::As(channel) => return Ok(channel),
            Known::Nobody => return Err(Outcome::NotFound),
            Known::Not => {}
        }
        let query = [("part", "id"), ("forHandle", handle), ("fields", "items(id)")];
        let answer = payer.fetch(self.get("channels", &query)).await?;
        let found = read_channels(&answer.reply(), self.clock.now())?.into_iter().next();
        self.channels.learn(handle, found.clone(), self.clock.now());
        found.ok_or(Outcome::NotFound)
    }

    /// A channel's latest videos: by its feed, which costs nothing; where that fails, as it does in
    /// waves, by the list of its uploads.
    async fn latest(&self, channel: &str, payer: &mut Payer<'_>) -> Result<Vec<String>, Outcome> {
        let url = route(&self.feed_base, ["feeds", "videos.xml"]);
        let feed = fetch(self.feeds.get(url).query(&[("channel_id", channel)])).await?;
        match read_feed(&feed.reply(), channel, self.clock.now()) {
            Ok(Feed::Videos(videos)) => Ok(videos),
            Ok(Feed::Failed) => self.uploads(channel, "15", payer).await,
            Err(outcome) => Err(outcome),
        }
    }

    async fn uploads(
        &self,
        channel: &str,
        most: &str,
        payer: &mut Payer<'_>,
    ) -> Result<Vec<String>, Outcome> {
        // The list of uploads has the channel's id, but for its second letter.
        let list = format!("UU{}", channel.get(2..).unwrap_or_default());
        let query = [
            ("part", "contentDetails"),
            ("playlistId", &*list),
            ("maxResults", most),
            ("fields", "items(contentDetails(videoId))"),
        ];
        let answer = payer.fetch(self.get("playlistItems", &query)).await?;
        read_uploads(&answer.reply(), self.clock.now())
    }

    /// What there is to know of videos, by id. Whatever is missing was deleted, or is private.
    async fn videos(
        &self,
        ids: &[String],
        payer: &mut Payer<'_>,
    ) -> Result<HashMap<String, Video>, Outcome> {
        let mut videos = HashMap::new();
        for ids in ids.chunks(VIDEOS) {
            let query = [
                ("part", "snippet,liveStreamingDetails"),
                ("id", &*ids.join(",")),
                ("fields", FIELDS),
            ];
            let answer = payer.fetch(self.get("videos", &query)).await?;
            videos.extend(read_videos(&answer.reply(), self.clock.now())?);
        }
        Ok(videos)
    }
}

impl Connect for Youtube {
    /// Units of the API, of which it gives out so many a day.
    const QUOTAS: &str = "60/min,10000/day@America/Los_Angeles";
    const NEEDS: Needs = Needs::Key;

    fn connect(place: &Place<'_>) -> Result<Self, ConnectError> {
        let (api, feeds) = (place.base(Self::URL)?, place.base(Self::FEED_URL)?);
        Ok(Self::new(api, feeds, place.key()?, place.timeout, place.clock.clone())?)
    }
}

impl Upstream for Youtube {
    fn platform(&self) -> Platform {
        Platform::Youtube
    }

    fn batch(&self) -> u32 {
        50
    }

    fn reveals(&self) -> Reveals {
        Reveals::Last
    }

    fn ask<'a>(&'a self, accounts: &'a [AccountId], purse: &'a dyn Purse) -> Asking<'a> {
        Box::pin(self.check(accounts, purse))
    }

    fn history_requests(&self) -> u32 {
        HISTORY_REQUESTS
    }

    fn history<'a>(&'a self, account: &'a AccountId, purse: &'a dyn Purse) -> Recalling<'a> {
        Box::pin(self.recall(account, purse))
    }
}
