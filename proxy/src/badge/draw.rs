//! The picture itself.

use super::width::width;

/// What a badge says.
pub(super) struct Badge {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) tone: Tone,
}

/// What kind of thing it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Live,
    Likely,
    Quiet,
}

impl Tone {
    /// Backgrounds on which white has a contrast of at least 5:1 (WCAG 2).
    const fn colour(self) -> &'static str {
        match self {
            Self::Live => "#b3261e",
            Self::Likely => "#1a5fb4",
            Self::Quiet => "#5e5c64",
        }
    }

    /// A mark beside the colour: a disc, a ring, or none.
    const fn mark(self) -> &'static str {
        match self {
            Self::Live => r##"fill="#fff""##,
            Self::Likely => r##"fill="none" stroke="#fff" stroke-width="1.5""##,
            Self::Quiet => "",
        }
    }
}

/// In tenths of a pixel, as the widths are.
const PADDING: u32 = 60;
const MARK: u32 = 120;

impl Badge {
    pub(super) fn draw(&self) -> String {
        let (label, text) = (escape(&self.label), escape(&self.text));
        let (label_width, text_width) = (width(&self.label), width(&self.text));
        let mark = self.tone.mark();
        let indent = if mark.is_empty() { 0 } else { MARK };
        let left = label_width + 2 * PADDING;
        let right = text_width + indent + 2 * PADDING;
        let text_at = left + PADDING + indent;
        let colour = self.tone.colour();
        let disc = if mark.is_empty() {
            String::new()
        } else {
            format!(r#"<circle cx="{}" cy="10" r="4" {mark}/>"#, pixels(left + PADDING + 40))
        };
        let (whole, left_px) = (pixels(left + right), pixels(left));
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" viewBox="0 0 {whole} 20" role="img" aria-label="{label}: {text}"><title>{label}: {text}</title><clipPath id="r"><rect width="{whole}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="{left_px}" height="20" fill="#303030"/><rect x="{left_px}" width="{}" height="20" fill="{colour}"/></g>{disc}<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11"><text x="{}" y="14" textLength="{}">{label}</text><text x="{}" y="14" textLength="{}">{text}</text></g></svg>"##,
            pixels(right),
            pixels(PADDING),
            pixels(label_width),
            pixels(text_at),
            pixels(text_width),
        ) + "\n"
    }
}

fn pixels(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Text in XML. Characters that XML does not have are left out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => {}
            plain => escaped.push(plain),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(escape("<a b=\"c\">&'\u{0}\n\u{ffff}é"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;é");
        let label = "</text><script>alert(1)</script>".to_owned();
        let drawn = Badge { label, text: "\"/>".to_owned(), tone: Tone::Live }.draw();
        assert!(!drawn.contains("<script") && !drawn.contains("\"/>\""), "{drawn}");
    }

    #[test]
    fn every_tone_is_drawn_in_its_own_shape() {
        for (tone, discs) in [(Tone::Live, 1), (Tone::Likely, 1), (Tone::Quiet, 0)] {
            let badge = Badge { label: "mira".to_owned(), text: "text".to_owned(), tone };
            assert_eq!(badge.draw().matches("<circle").count(), discs);
        }
        assert_ne!(Tone::Live.mark(), Tone::Likely.mark());
    }
}
