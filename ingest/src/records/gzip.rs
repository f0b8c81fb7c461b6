//! Gzip around a file, told by its first two bytes.

use std::io::{BufReader, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// `reader`, unpacked if it is gzip (of one member or several); whether it was.
pub(super) fn open<R: Read + Send + 'static>(mut reader: R) -> std::io::Result<(Box<dyn Read + Send>, bool)> {
    let mut head = Vec::with_capacity(2);
    reader.by_ref().take(2).read_to_end(&mut head)?;
    let zipped = head == MAGIC;
    let whole: Chain<Cursor<Vec<u8>>, R> = Cursor::new(head).chain(reader);
    if zipped { Ok((Box::new(MultiGzDecoder::new(BufReader::new(whole))), true)) } else { Ok((Box::new(whole), false)) }
}
