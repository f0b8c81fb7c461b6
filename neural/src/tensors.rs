//! The model file: tensors by name, as safetensors lays them out, and the text that goes with them.

use safetensors::{Dtype, SafeTensors};

use crate::Error;

/// The tensors of a model file.
pub(crate) struct Tensors<'f> {
    file: SafeTensors<'f>,
}

impl<'f> Tensors<'f> {
    pub(crate) fn new(bytes: &'f [u8]) -> Result<Self, Error> {
        Ok(Self { file: SafeTensors::deserialize(bytes).map_err(|error| Error::File(error.to_string()))? })
    }

    /// Bytes of a tensor of this many items of this type.
    fn bytes(&self, name: &str, kind: Dtype, count: usize) -> Result<&'f [u8], Error> {
        let tensor = self.file.tensor(name).map_err(|_| Error::Missing(name.to_owned()))?;
        let items: usize = tensor.shape().iter().product();
        if tensor.dtype() == kind && items == count { Ok(tensor.data()) } else { Err(Error::Shape(name.to_owned())) }
    }

    pub(crate) fn floats(&self, name: &str, count: usize) -> Result<Vec<f32>, Error> {
        let bytes = self.bytes(name, Dtype::F32, count)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    pub(crate) fn signed(&self, name: &str, count: usize) -> Result<&'f [u8], Error> {
        self.bytes(name, Dtype::I8, count)
    }

    /// A tensor of bytes that is a text.
    pub(crate) fn text(&self, name: &str) -> Result<&'f str, Error> {
        let tensor = self.file.tensor(name).map_err(|_| Error::Missing(name.to_owned()))?;
        std::str::from_utf8(tensor.data()).map_err(|_| Error::Shape(name.to_owned()))
    }
}
